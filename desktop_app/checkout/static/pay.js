// Opens Razorpay's checkout for the order of this page, and takes what it says to the desk.
// Decides nothing: which screen is shown is the desk's answer, after every step and by itself.
"use strict";
(() => {
  const { screen, home } = document.body.dataset;
  const form = document.querySelector("#checkout");
  const pay = document.querySelector("#pay");
  const back = document.querySelector("#back");
  const note = document.querySelector("#note");
  const LASTING = ["paid", "ended"];
  const OVER = [...LASTING, "deciding"];
  const EVERY_MS = screen === "deciding" ? 1000 : 2000;
  const PATIENCE_MS = 10000;
  const RETURNS_BY_ADDRESS = /FBAN|FBAV|Instagram|UCBrowser|Opera Mini|OPR Mini/i;
  let open = null;
  let sending = false;
  let missed = 0;

  function say(words) {
    note.textContent = words || "";
    note.hidden = !words;
  }

  function show() {
    window.location.replace(home);
  }

  function pause(ms) {
    return new Promise((done) => window.setTimeout(done, ms));
  }

  async function send(step, fields) {
    const body = new URLSearchParams(fields);
    const answer = await fetch(`${home}/${step}`, { method: "POST", body, keepalive: true, credentials: "omit" });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
  }

  async function take(proof) {
    sending = true;
    open = null;
    say(form.dataset.sending);
    for (let tries = 0; tries < 5; tries += 1) {
      try {
        await send("proof", proof);
        show();
        return;
      } catch {
        await pause(1000);
      }
    }
    say(note.dataset.lost);
  }

  function loaded() {
    return new Promise((done) => {
      const until = Date.now() + PATIENCE_MS;
      const look = () => {
        if (window.Razorpay || Date.now() > until) done(Boolean(window.Razorpay));
        else window.setTimeout(look, 50);
      };
      look();
    });
  }

  function options() {
    const given = JSON.parse(form.dataset.options);
    const { callback_url: callback, ...rest } = given;
    const way = RETURNS_BY_ADDRESS.test(navigator.userAgent)
      ? { callback_url: callback, redirect: true }
      : { handler: take };
    return { ...rest, ...way, modal: { ...rest.modal, ondismiss: left } };
  }

  function left() {
    if (sending) return;
    open = null;
    pay.disabled = false;
    say("");
    pay.focus();
    look();
  }

  async function start() {
    pay.disabled = true;
    say(form.dataset.opening);
    if (!(await loaded())) {
      pay.disabled = false;
      say(form.dataset.missing);
      return;
    }
    open = new window.Razorpay(options());
    open.on("payment.failed", () => send("failed", {}).catch(() => {}));
    open.open();
    say("");
  }

  async function look() {
    if (sending || document.visibilityState === "hidden") return;
    try {
      const answer = await fetch(`${home}/state`, { credentials: "omit" });
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      missed = 0;
      const now = (await answer.json()).screen;
      if (now === screen || sending || (open && !OVER.includes(now))) return;
      if (open) {
        sending = true;
        open.close();
      }
      show();
    } catch {
      missed += 1;
      if (missed === 4 && !open) say(note.dataset.lost);
    }
  }

  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!pay.disabled) start();
  });
  back.addEventListener("click", async () => {
    await send("back", {}).catch(() => {});
    say(back.dataset.close);
    window.close();
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) show();
  });
  document.addEventListener("visibilitychange", look);
  (pay || back).focus({ preventScroll: true }); // what happened stays in sight
  if (!LASTING.includes(screen)) window.setInterval(look, EVERY_MS);
})();

// What the pages do beyond HTML: tell the merchant's page, close, go back, notice a payment by phone.
// Everything that pays works without it. Must not read or send anything but what the page holds.
"use strict";
(() => {
  const body = document.body;
  const { parent: target, message, accent, onAccent } = body.dataset;

  function tell(event, data) {
    if (target && window.parent !== window) {
      window.parent.postMessage({ from: "razorpay-sandbox", event, data }, target);
    }
  }

  if (accent) {
    document.documentElement.style.setProperty("--accent", accent);
    document.documentElement.style.setProperty("--on-accent", onAccent);
  }
  if (target) {
    for (const button of document.querySelectorAll("[data-close]")) {
      button.addEventListener("click", () => tell("dismiss"));
    }
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") tell("escape");
    });
    tell("ready");
    if (message) {
      const { event, data } = JSON.parse(message);
      tell(event, data);
    }
  }

  const waiting = document.querySelector("[data-poll]");
  async function look() {
    try {
      const answer = await fetch(waiting.dataset.poll, { cache: "no-store" });
      const { waits, paid } = answer.ok ? await answer.json() : { waits: true };
      if (waiting.dataset.until === "paid" ? paid : !waits) {
        window.location.replace(waiting.dataset.next);
        return;
      }
    } catch {
      // The sandbox is away; ask again.
    }
    window.setTimeout(look, 1000);
  }
  if (waiting) window.setTimeout(look, 1000);

  const back = document.querySelector("form[data-at-once]");
  if (back) back.submit();

  const mistake = document.querySelector("[aria-invalid]");
  if (mistake) mistake.focus();

  // A second press of a button must not pay twice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form")) delete form.dataset.sent;
  });
})();

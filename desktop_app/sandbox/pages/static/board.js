// What the owner's pages do beyond HTML: copy a text, close the menu, show what has changed.
// Everything else works without. Must not replace what somebody is typing.
"use strict";
(() => {
  function offerCopies() {
    for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
  }
  offerCopies();
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) {
      const words = button.firstChild;
      try {
        await navigator.clipboard.writeText(button.dataset.copy);
        words.data = "Copied";
      } catch {
        words.data = "Select it and copy";
      }
      window.setTimeout(() => {
        words.data = "Copy";
      }, 2000);
    }
  });
  document.querySelector("#menu [aria-current]")?.scrollIntoView({ block: "nearest" });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && window.location.hash === "#menu") window.location.hash = "#main";
  });

  const pulse = document.body.dataset.pulse;
  let last = document.body.dataset.beat;

  function isBusy(main) {
    const field = document.activeElement?.closest("#main form, #main details, #main button");
    const changed = [...main.querySelectorAll("input, textarea")].some(
      (e) => e.value !== e.defaultValue || e.checked !== e.defaultChecked,
    );
    return field || changed || !window.getSelection().isCollapsed;
  }

  async function refresh() {
    const answer = await fetch(window.location.href, { cache: "no-store" });
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    const main = document.querySelector("#main");
    if (!answer.ok || isBusy(main)) return false;
    const open = [...main.querySelectorAll("details")].map((e) => e.open);
    main.replaceChildren(...next.querySelector("#main").childNodes);
    const details = main.querySelectorAll("details");
    if (details.length === open.length) details.forEach((e, at) => { e.open = open[at]; });
    document.querySelector("#menu").replaceChildren(...next.querySelector("#menu").childNodes);
    offerCopies();
    return true;
  }

  async function look() {
    try {
      if (document.visibilityState === "visible" && !isBusy(document.querySelector("#main"))) {
        const beat = await (await fetch(pulse, { cache: "no-store" })).text();
        if (beat !== last && (await refresh())) last = beat;
      }
    } catch {
      // The sandbox is away; ask again.
    }
    window.setTimeout(look, 1500);
  }
  if (pulse) window.setTimeout(look, 1500);
})();

// What the owner's pages do beyond HTML: copy a text, close the menu. Everything else works without.
"use strict";
(() => {
  for (const button of document.querySelectorAll("[data-copy]")) {
    const words = button.firstChild;
    const label = words.data;
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(button.dataset.copy);
        words.data = "Copied";
      } catch {
        words.data = "Select it and copy";
      }
      window.setTimeout(() => {
        words.data = label;
      }, 2000);
    });
  }
  document.querySelector("#menu [aria-current]")?.scrollIntoView({ block: "nearest" });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && window.location.hash === "#menu") window.location.hash = "#main";
  });
})();

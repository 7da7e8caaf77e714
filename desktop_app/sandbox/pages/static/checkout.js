// Standard Checkout of the sandbox: the public interface of Razorpay's script, written anew.
// Opens the sandbox's own page in a frame over the merchant's, and passes on what it says.
// Must not trust a message from anywhere else, nor touch the merchant's page beyond its overlay.
"use strict";
(() => {
  const script = document.currentScript;
  const base = new URL(script.src).origin;
  const FRAME = "razorpay-checkout-frame";
  let showing = null;

  function call(fn, ...args) {
    if (typeof fn === "function") fn(...args);
  }

  function postForm(action, fields, target) {
    const form = document.createElement("form");
    form.method = "post";
    form.action = action;
    form.target = target;
    form.hidden = true;
    for (const [name, value] of Object.entries(fields)) {
      const input = document.createElement("input");
      input.type = "hidden";
      input.name = name;
      input.value = value;
      form.append(input);
    }
    document.body.append(form);
    form.submit();
    form.remove();
  }

  function style(element, rules) {
    for (const [name, value] of Object.entries(rules)) element.style.setProperty(name, value);
  }

  // Functions and elements stay here; the page gets what can be written as JSON.
  function plain(options) {
    const { handler, modal, callback_url, image, ...rest } = options;
    return JSON.stringify(rest);
  }

  // What a merchant's own form collects for createPayment, beside the options of Checkout.
  function asOptions(payment) {
    const { order_id, amount, currency, notes, description, customer_id, email, contact, ...how } = payment;
    const given = { order_id, amount, currency, notes, description, customer_id };
    if (how.upi && how.upi.vpa) how.vpa = how.upi.vpa;
    return { ...given, prefill: { email, contact }, payment: { ...how, email, contact } };
  }

  function cancelled() {
    const words = "Payment processing cancelled by user";
    return {
      error: {
        code: "BAD_REQUEST_ERROR", description: words, source: "customer",
        step: "payment_authentication", reason: "payment_cancelled", metadata: {},
      },
    };
  }

  // Attributes such as data-prefill.name="Asha" as options.
  function fromAttributes(element) {
    const options = {};
    for (const attribute of element.getAttributeNames()) {
      if (!attribute.startsWith("data-")) continue;
      const path = attribute.slice(5).split(".");
      const last = path.pop();
      let inner = options;
      for (const name of path) inner = inner[name] = inner[name] || {};
      inner[last] = element.getAttribute(attribute);
    }
    return options;
  }

  // A script tag with data-key in a form becomes a button; the form is sent on with the result.
  function addButton(form, options) {
    const button = document.createElement("input");
    button.type = "submit";
    button.className = "razorpay-payment-button";
    button.value = options.buttontext || "Pay Now";
    script.after(button);
    const handler = (data) => {
      for (const [name, value] of Object.entries(data)) {
        const input = document.createElement("input");
        input.type = "hidden";
        input.name = name;
        input.value = value;
        form.append(input);
      }
      form.submit();
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      new Checkout({ ...options, handler }).open();
    });
  }

  class Overlay {
    constructor(rzp, payment) {
      this.rzp = rzp;
      this.payment = payment;
      this.more = payment ? asOptions(payment) : {};
      this.dialog = document.createElement("dialog");
      this.frame = document.createElement("iframe");
      this.frame.name = FRAME;
      this.frame.title = "Razorpay Checkout (sandbox)";
      this.dialog.append(this.frame);
      this.dialog.setAttribute("aria-label", this.frame.title);
      this.dialog.className = "razorpay-container";
      const theme = rzp.options.theme || {};
      style(this.dialog, {
        "box-sizing": "border-box", position: "fixed", inset: "0", width: "100%", height: "100%",
        "max-width": "none", "max-height": "none", margin: "0", padding: "0", border: "0", overflow: "hidden",
        background: theme.backdrop_color || "rgba(20, 22, 26, .6)",
      });
      const wide = window.matchMedia("(min-width: 520px)");
      this.fit = () => style(this.frame, {
        position: "absolute", border: "0", background: "#fff", "color-scheme": "light dark",
        left: wide.matches ? "calc(50% - 220px)" : "0", top: wide.matches ? "max(0px, calc(50% - 350px))" : "0",
        width: wide.matches ? "440px" : "100%", height: wide.matches ? "min(700px, 100%)" : "100%",
        "border-radius": wide.matches ? "8px" : "0",
      });
      this.fit();
      wide.addEventListener("change", this.fit);
      this.dialog.addEventListener("cancel", (event) => {
        event.preventDefault();
        this.escape();
      });
      // Browsers close a dialog themselves when Escape is pressed twice.
      this.dialog.addEventListener("close", () => {
        if (showing !== this) return;
        if (this.modal().escape === false) this.dialog.showModal();
        else this.dismiss();
      });
      this.dialog.addEventListener("click", (event) => {
        if (event.target === this.dialog && this.modal().backdropclose) this.dismiss();
      });
      this.onMessage = (event) => this.hear(event);
      window.addEventListener("message", this.onMessage);
    }

    modal() {
      return this.rzp.options.modal || {};
    }

    show() {
      document.body.append(this.dialog);
      this.dialog.showModal();
      postForm(`${base}/v1/checkout/public`, { options: plain({ ...this.rzp.options, ...this.more }) }, FRAME);
      this.frame.focus();
      const seconds = Number(this.rzp.options.timeout);
      if (seconds > 0) this.timer = window.setTimeout(() => this.dismiss("timeout"), seconds * 1000);
    }

    hear(event) {
      if (event.origin !== base || event.source !== this.frame.contentWindow) return;
      const said = event.data;
      if (!said || said.from !== "razorpay-sandbox") return;
      if (said.event === "ready") this.frame.focus();
      else if (said.event === "dismiss") this.dismiss();
      else if (said.event === "escape") this.escape();
      else if (said.event === "failed" && this.payment) {
        this.remove();
        this.rzp._emit("payment.error", said.data);
      } else if (said.event === "failed") this.rzp._failed(said.data);
      else if (said.event === "success") {
        this.remove();
        if (this.payment) this.rzp._emit("payment.success", said.data);
        this.rzp._succeeded(said.data);
      }
    }

    escape() {
      if (this.modal().escape !== false) this.dismiss();
    }

    dismiss(reason) {
      if (reason !== "timeout" && this.modal().confirm_close && !window.confirm("Leave without paying?")) return;
      this.remove();
      if (this.payment) this.rzp._emit("payment.error", cancelled());
      call(this.modal().ondismiss, reason);
    }

    remove() {
      if (showing === this) showing = null;
      window.clearTimeout(this.timer);
      window.removeEventListener("message", this.onMessage);
      this.dialog.close();
      this.dialog.remove();
    }
  }

  class Checkout {
    constructor(options) {
      if (!options || typeof options !== "object") throw new TypeError("Razorpay: options are missing.");
      this.options = configured.key ? { ...configured, ...options } : options;
      if (!this.options.key) throw new TypeError("Razorpay: no key passed.");
      this._listeners = new Map();
      this._told = new Set();
    }

    on(name, listener) {
      const known = this._listeners.get(name) || [];
      this._listeners.set(name, [...known, listener]);
      if (name === "ready") this._tellMethods(listener);
      return this;
    }

    once(name, listener) {
      return this.on(name, listener);
    }

    async _tellMethods(listener) {
      const answer = await fetch(`${base}/v1/preferences?key_id=${encodeURIComponent(this.options.key)}`);
      call(listener, await answer.json());
    }

    _emit(name, data) {
      for (const listener of this._listeners.get(name) || []) call(listener, data);
    }

    off(name, listener) {
      const known = this._listeners.get(name) || [];
      this._listeners.set(name, listener ? known.filter((l) => l !== listener) : []);
      return this;
    }

    open() {
      if (showing) return this;
      showing = new Overlay(this);
      showing.show();
      return this;
    }

    // Custom checkout: the merchant's form has chosen the method already.
    createPayment(payment) {
      if (showing) return this;
      showing = new Overlay(this, payment || {});
      showing.show();
      return this;
    }

    close() {
      if (showing && showing.rzp === this) {
        const { modal = {} } = this.options;
        showing.remove();
        call(modal.ondismiss);
      }
    }

    _succeeded(data) {
      const { callback_url: url, handler } = this.options;
      if (url) postForm(url, data, "_top");
      else call(handler, data);
    }

    // A page that is shown again tells the same failure again.
    _failed(data) {
      const { payment_id: id } = data.error.metadata;
      if (this._told.has(id)) return;
      this._told.add(id);
      this._emit("payment.failed", data);
      const { callback_url: url, redirect } = this.options;
      if (url && redirect) {
        const fields = {};
        for (const [name, value] of Object.entries(data.error)) {
          fields[`error[${name}]`] = name === "metadata" ? JSON.stringify(value) : value;
        }
        postForm(url, fields, "_top");
      }
    }
  }

  let configured = {};

  // Razorpay's script is called with and without `new`.
  function Razorpay(options) {
    return new Checkout(options);
  }
  Razorpay.prototype = Checkout.prototype;
  Razorpay.open = (options) => new Checkout(options).open();
  Razorpay.configure = (options) => { configured = { ...configured, ...options }; };
  window.Razorpay = Razorpay;
  if (script.dataset.key && script.closest("form")) addButton(script.closest("form"), fromAttributes(script));
})();

// A small shop in Express, as courses build it: orders, signatures, and a webhook that is verified
// over the parsed body. `/` is a plain page, `/react` the same in React; both load Checkout from its
// fixed address. Prints its port. Needs RAZORPAY_URL, RAZORPAY_KEY_ID, RAZORPAY_KEY_SECRET.
"use strict";
const crypto = require("node:crypto");
const path = require("node:path");
const express = require("express");
const Razorpay = require("razorpay");

const { RAZORPAY_URL: url, RAZORPAY_KEY_ID: key_id, RAZORPAY_KEY_SECRET: key_secret } = process.env;
const rzp = new Razorpay({ key_id, key_secret });
rzp.api.rq.defaults.baseURL = url;
const seen = [];
const app = express();
app.use(express.json());
app.use(express.urlencoded({ extended: true }));
const umd = (name) => path.join(path.dirname(require.resolve(`${name}/package.json`)), "umd", `${name}.production.min.js`);
app.get("/react.js", (_, response) => response.sendFile(umd("react")));
app.get("/react-dom.js", (_, response) => response.sendFile(umd("react-dom")));
const CHECKOUT = "https://checkout.razorpay.com/v1/checkout.js";

app.post("/order", async (request, response) => {
  const order = await rzp.orders.create({
    amount: Number(request.body.rupees) * 100, currency: "INR", receipt: `course-${seen.length}`,
  });
  response.json({ key: key_id, order });
});

app.post("/verify", (request, response) => {
  const { razorpay_order_id: order, razorpay_payment_id: payment, razorpay_signature: given } = request.body;
  const expected = crypto.createHmac("sha256", key_secret).update(`${order}|${payment}`).digest("hex");
  response.json({ success: expected === given });
});

app.post("/verification", (request, response) => {
  const expected = crypto.createHmac("sha256", "hush").update(JSON.stringify(request.body)).digest("hex");
  seen.push({ event: request.body.event, legit: expected === request.headers["x-razorpay-signature"] });
  response.json({ status: "ok" });
});

app.get("/seen", (_, response) => response.json(seen));

const HEAD = `<!doctype html><html lang="en"><title>Course</title><link rel="icon" href="data:,">`;

app.get("/", (_, response) => response.send(`${HEAD}
<button id="buy">Enrol</button><p id="told"></p><script src="${CHECKOUT}"></script>
<script>
  const told = document.getElementById("told");
  const post = (path, body) => fetch(path, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  }).then((answer) => answer.json());
  document.getElementById("buy").onclick = async () => {
    const { key, order } = await post("/order", { rupees: 499 });
    const rzp = new Razorpay({
      key, amount: order.amount, currency: order.currency, order_id: order.id, name: "Course",
      prefill: { name: "Asha", email: "asha@example.com", contact: "9845012345" },
      handler: async (answer) => {
        const { success } = await post("/verify", answer);
        told.textContent = success ? "Verified " + answer.razorpay_payment_id : "Forged";
      },
      modal: { ondismiss: () => { told.textContent = "Dismissed"; } },
    });
    rzp.on("payment.failed", ({ error }) => { told.textContent = "Failed: " + error.reason; });
    rzp.open();
  };
</script>`));

app.get("/react", (_, response) => response.send(`${HEAD}
<div id="root"></div><script src="/react.js"></script><script src="/react-dom.js"></script>
<script>
  const load = (src) => new Promise((resolve) => {
    const script = document.createElement("script");
    script.src = src;
    script.onload = () => resolve(true);
    script.onerror = () => resolve(false);
    document.body.appendChild(script);
  });
  function Enrol() {
    const [state, setState] = React.useState("Not enrolled");
    const buy = async () => {
      if (!(await load("${CHECKOUT}"))) return setState("Checkout did not load");
      const headers = { "Content-Type": "application/json" };
      const post = (path, body) => fetch(path, { method: "POST", headers, body: JSON.stringify(body) })
        .then((answer) => answer.json());
      const { key, order } = await post("/order", { rupees: 100 });
      new window.Razorpay({
        key, order_id: order.id, amount: order.amount, name: "Course", theme: { color: "#0B7A75" },
        handler: async (answer) => setState((await post("/verify", answer)).success ? "Enrolled" : "Forged"),
      }).open();
    };
    return React.createElement("main", null,
      React.createElement("button", { id: "buy", onClick: buy }, "Buy"),
      React.createElement("p", { id: "told" }, state));
  }
  ReactDOM.createRoot(document.getElementById("root")).render(React.createElement(Enrol));
</script>`));

const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));

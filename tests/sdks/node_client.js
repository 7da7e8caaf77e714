// Calls everything that the sandbox serves through Razorpay's own Node SDK; prints a JSON report.
// Run by python -m tests.sdks with RAZORPAY_URL, RAZORPAY_KEY_ID, RAZORPAY_KEY_SECRET and NODE_PATH.
// From 2.9 on the SDK sends JSON, before it forms, and has fewer resources.
"use strict";
const assert = require("node:assert/strict");
const crypto = require("node:crypto");
const http = require("node:http");
const Razorpay = require("razorpay");
const { validatePaymentVerification } = require("razorpay/dist/utils/razorpay-utils");

const { RAZORPAY_URL: url, RAZORPAY_KEY_ID: key_id, RAZORPAY_KEY_SECRET: key_secret } = process.env;
const done = { calls: 0, resources: new Set(), signatures: 0 };
const rzp = client(key_secret);
const sendsForms = typeof rzp.api.rq.interceptors === "undefined";

// The SDK has no option for the address.
function client(secret) {
  const made = new Razorpay({ key_id, key_secret: secret });
  if (typeof made.api.rq.defaults === "function") {
    made.api.rq = made.api.rq.defaults({ baseUrl: `${url}/v1` });
    for (const verb of ["get", "post", "put", "patch", "delete"]) {
      const send = made.api.rq[verb];
      made.api.rq[verb] = (request) => {
        count(`/v1/${request.url}`);
        return send(request);
      };
    }
  } else {
    made.api.rq.defaults.baseURL = url;
    made.api.rq.interceptors.request.use((request) => {
      count(request.url);
      return request;
    });
  }
  return made;
}

function count(path) {
  done.calls += 1;
  done.resources.add(path.split("/").filter(Boolean)[1]);
}

async function control(path, body) {
  const answer = await fetch(`${url}/_sandbox/${path}`, {
    method: body ? "POST" : "GET",
    headers: { "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
  });
  const told = await answer.json();
  assert.equal(answer.status, 200, JSON.stringify(told));
  return told;
}

const phone = (qr, outcome = "success") => control("upi/pay", { qr, outcome });
const sign = (text) => crypto.createHmac("sha256", key_secret).update(text).digest("hex");

function verified(payload, signature) {
  assert.equal(validatePaymentVerification(payload, signature, key_secret), true);
  assert.equal(validatePaymentVerification(payload, `0${signature.slice(1)}x`, key_secret), false);
  done.signatures += 1;
}

async function refused(call, words, statusCode = 400) {
  await assert.rejects(call, (problem) => {
    assert.equal(problem.statusCode, statusCode);
    assert.equal(problem.error.code, "BAD_REQUEST_ERROR");
    assert.match(problem.error.description, words);
    return true;
  });
}

const upi = (order) => ({
  amount: order.amount, currency: "INR", order_id: order.id, email: "a@example.com",
  contact: "9000000001", method: "upi", upi: { flow: "intent" },
});

async function orders() {
  const order = await rzp.orders.create({
    amount: 50000, currency: "INR", receipt: "node-1", notes: { student: "R001" },
  });
  assert.equal(order.status, "created");
  assert.deepEqual(await rzp.orders.fetch(order.id), order);
  assert.deepEqual((await rzp.orders.edit(order.id, { notes: { row: "2" } })).notes, { row: "2" });
  await refused(rzp.orders.create({ amount: 99, currency: "INR" }), /less than minimum/);
  await refused(rzp.orders.create({ amount: 500, currency: "INR", colour: "red" }), /should not be sent/);
  await refused(rzp.orders.fetch("order_AAAAAAAAAAAAAA"), /does not exist/);
  return order;
}

async function payments(order) {
  const failing = await rzp.payments.createUpi(upi(order));
  await phone(failing.link, "failure");
  assert.equal((await rzp.payments.fetch(failing.razorpay_payment_id)).error_reason, "payment_failed");
  const started = await rzp.payments.createPaymentJson(upi(order));
  const id = started.razorpay_payment_id;
  await phone(started.next[0].url, "authorized");
  assert.equal((await rzp.payments.fetch(id)).status, "authorized");
  await refused(rzp.payments.capture(id, 1, "INR"), /equal to the amount authorized/);
  assert.equal((await rzp.payments.capture(id, order.amount, "INR")).status, "captured");
  await refused(rzp.payments.capture(id, order.amount, "INR"), /already/);
  await refused(rzp.payments.createUpi(upi(order)), /already paid/);
  assert.equal((await rzp.orders.fetch(order.id)).status, "paid");
  assert.equal((await rzp.orders.fetchPayments(order.id)).count, 2);
  const listed = await rzp.orders.all({ receipt: "node-1", "expand[]": "payments" });
  assert.equal(listed.items[0].payments.count, 2);
  assert.equal((await rzp.payments.all({ count: 1, from: "2020-01-01" })).items[0].id, id);
  assert.deepEqual((await rzp.payments.edit(id, { notes: { a: "b" } })).notes, { a: "b" });
  assert.equal((await rzp.payments.validateVpa({ vpa: "asha@okaxis" })).success, true);
  assert.equal((await rzp.payments.fetchPaymentMethods()).upi, true);
  verified({ order_id: order.id, payment_id: id }, sign(`${order.id}|${id}`));
  return id;
}

async function cards() {
  const order = await rzp.orders.create({ amount: 70000, currency: "INR" });
  const paid = await control("checkout/pay", { order_id: order.id, method: "card" });
  const card = await rzp.payments.fetchCardDetails(paid.id);
  assert.equal(card.entity, "card");
  const expanded = await rzp.payments.fetch(paid.id, { "expand[]": "card" });
  assert.equal(expanded.card.last4, card.last4);
}

async function refunds(paymentId) {
  const refund = await rzp.payments.refund(paymentId, { amount: 1000, speed: "normal", receipt: "r-1" });
  assert.equal(refund.amount, 1000);
  assert.deepEqual(await rzp.refunds.fetch(refund.id), refund);
  assert.equal((await rzp.payments.fetchRefund(paymentId, refund.id)).id, refund.id);
  assert.equal((await rzp.payments.fetchMultipleRefund(paymentId)).count, 1);
  assert.equal((await rzp.refunds.all({ count: 5 })).count, 1);
  assert.deepEqual((await rzp.refunds.edit(refund.id, { notes: { why: "left" } })).notes, { why: "left" });
  await refused(rzp.payments.refund(paymentId, { amount: 10_000_000 }), /refund/i);
}

async function qrCodes() {
  const qr = await rzp.qrCode.create({
    type: "upi_qr", usage: "single_use", fixed_amount: true, payment_amount: 30000, name: "Counter",
  });
  await phone(qr.image_content);
  const paid = await rzp.qrCode.fetch(qr.id);
  assert.deepEqual([paid.status, paid.close_reason], ["closed", "paid"]);
  assert.equal((await rzp.qrCode.fetchAllPayments(qr.id)).items[0].amount, 30000);
  const poster = await rzp.qrCode.create({ type: "upi_qr", usage: "multiple_use" });
  assert.equal((await rzp.qrCode.close(poster.id)).close_reason, "on_demand");
  assert.equal((await rzp.qrCode.all({ count: 5 })).count, 2);
}

async function links() {
  const link = await rzp.paymentLink.create({
    amount: 90000, currency: "INR", reference_id: "node-link", description: "Fee",
    callback_url: "http://127.0.0.1:9/done", callback_method: "get",
  });
  assert.deepEqual((await rzp.paymentLink.fetch(link.id)).id, link.id);
  assert.equal((await rzp.paymentLink.all({ reference_id: "node-link" })).payment_links.length, 1);
  assert.deepEqual((await rzp.paymentLink.edit(link.id, { notes: { a: "b" } })).notes, { a: "b" });
  assert.equal((await rzp.paymentLink.notifyBy(link.id, "email")).success, true);
  await payOnPage(link);
  assert.equal((await rzp.paymentLink.fetch(link.id)).status, "paid");
  await refused(rzp.paymentLink.cancel(link.id), /cannot cancel/);
  const other = await rzp.paymentLink.create({ amount: 500, currency: "INR" });
  assert.equal((await rzp.paymentLink.cancel(other.id)).status, "cancelled");
}

// Pay as a browser without scripts: choose netbanking, approve, follow the callback.
async function payOnPage(link) {
  const press = async (address, form) => {
    const answer = await fetch(address, { method: "POST", body: new URLSearchParams(form), redirect: "manual" });
    assert.equal(answer.status, 303);
    return new URL(answer.headers.get("location"), url);
  };
  const bank = await press(`${link.short_url}/pay`, { method: "netbanking", bank: "SBIN" });
  const back = (await press(bank, { outcome: "success" })).searchParams;
  verified({
    payment_link_id: back.get("razorpay_payment_link_id"),
    payment_link_reference_id: back.get("razorpay_payment_link_reference_id"),
    payment_link_status: back.get("razorpay_payment_link_status"),
    payment_id: back.get("razorpay_payment_id"),
  }, back.get("razorpay_signature"));
}

async function customers() {
  const asha = await rzp.customers.create({ name: "Asha Rao", email: "asha@example.com", contact: "9000000001" });
  assert.equal((await rzp.customers.edit(asha.id, { name: "Asha R Rao" })).name, "Asha R Rao");
  assert.equal((await rzp.customers.fetch(asha.id)).entity, "customer");
  assert.equal((await rzp.customers.all({ count: 5 })).count, 1);
}

async function invoices() {
  const book = await rzp.items.create({ name: "Book", amount: 20000, currency: "INR" });
  assert.deepEqual(await rzp.items.fetch(book.id), book);
  assert.equal((await rzp.items.edit(book.id, { description: "A story", amount: 20000, currency: "INR", active: true })).description, "A story");
  assert.equal((await rzp.items.all({ count: 5 })).count, 1);
  const bill = { type: "invoice", customer: { name: "Gaurav Kumar", contact: "9999999999" } };
  const draft = await rzp.invoices.create({ ...bill, draft: "1", line_items: [{ item_id: book.id }] });
  const lines = [{ id: draft.line_items[0].id, quantity: 2 }, { name: "Pen", amount: 200, currency: "INR" }];
  assert.equal((await rzp.invoices.edit(draft.id, { line_items: lines, notes: { a: "b" } })).amount, 40200);
  const issued = await rzp.invoices.issue(draft.id);
  assert.equal(issued.status, "issued");
  await refused(rzp.invoices.delete(issued.id), /in issued status/);
  assert.deepEqual(await rzp.invoices.notifyBy(issued.id, "email"), { success: true });
  await control("checkout/pay", { order_id: issued.order_id, method: "wallet" });
  assert.equal((await rzp.invoices.fetch(issued.id)).status, "paid");
  assert.equal((await rzp.invoices.all({ count: 5 })).count, 1);
  const other = await rzp.invoices.create({ ...bill, line_items: [lines[1]] });
  assert.equal((await rzp.invoices.cancel(other.id)).status, "cancelled");
  const pen = await rzp.items.create({ name: "Pen", amount: 200, currency: "INR" });
  assert.deepEqual(await rzp.items.delete(pen.id), []);
}

async function settlements() {
  await control("clock", { advance_s: 7 * 86_400 });
  const made = await rzp.settlements.all({ count: 5 });
  assert.ok(made.count >= 1);
  assert.equal((await rzp.settlements.fetch(made.items[0].id)).entity, "settlement");
  const day = new Date((await control("clock")).now * 1000);
  const months = [day, new Date(day - 7 * 86_400_000)].map((d) => ({ year: d.getUTCFullYear(), month: d.getUTCMonth() + 1 }));
  let rows = 0;
  for (const month of months) rows += (await rzp.settlements.reports(month)).count;
  assert.ok(rows >= 1);
}

async function disputes(paymentId) {
  if (!rzp.disputes) return;
  const first = await control("disputes", { payment_id: paymentId, amount: 5000 });
  assert.equal((await rzp.disputes.fetch(first.id)).status, "open");
  assert.equal((await rzp.disputes.contest(first.id, { summary: "The student came", action: "draft" })).id, first.id);
  assert.equal((await rzp.disputes.accept(first.id)).status, "lost");
  assert.equal((await rzp.disputes.all({ count: 5 })).count, 1);
}

async function instantSettlements() {
  const made = await rzp.settlements.createOndemandSettlement({ amount: 1000, settle_full_balance: false });
  assert.equal(made.amount_requested, 1000);
  assert.equal((await rzp.settlements.fetchOndemandSettlementById(made.id)).id, made.id);
  assert.equal((await rzp.settlements.fetchAllOndemandSettlement()).count, 1);
}

// As tutorials and shops call it: amounts and switches as text, and fields of other products.
async function shops() {
  const tutorial = await rzp.orders.create({ amount: "20000", currency: "INR", payment_capture: sendsForms ? 0 : "0" });
  const paid = await control("checkout/pay", { order_id: tutorial.id, method: "card" });
  assert.equal(paid.status, "authorized");
  assert.equal((await rzp.payments.capture(paid.id, "20000", "INR")).captured, true);
  const cart = await rzp.orders.create({
    amount: 50000, currency: "INR", receipt: "wc-12", app_offer: 0, notes: { woocommerce_order_id: 12 },
    offer_id: "offer_JGQvQtvJmVDRIA", line_items_total: 50000,
  });
  assert.equal(cart.offer_id, "offer_JGQvQtvJmVDRIA");
  const part = { account: "acc_CPRsN1LkFccllA", amount: 1000, currency: "INR", on_hold: 0 };
  const route = await rzp.orders.create({ amount: 5000, currency: "INR", transfers: [part] });
  assert.equal(route.transfers[0].recipient, part.account);
  assert.equal((await rzp.orders.fetchTransferOrder(route.id)).id, route.id);
  const again = { name: "Asha Rao", email: "asha@example.com", contact: 9000000001, fail_existing: 0 };
  assert.equal((await rzp.customers.create(again)).entity, "customer");
}

// A receiver that knows only the parsed body, as the best known courses write it.
async function webhooks() {
  const received = [];
  const server = http.createServer((request, response) => {
    let raw = "";
    request.on("data", (piece) => { raw += piece; });
    request.on("end", () => {
      received.push([raw, request.headers["x-razorpay-signature"]]);
      response.end("ok");
    });
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const hook = { url: `http://127.0.0.1:${server.address().port}/hook`, secret: "hush", events: ["order.paid"] };
  if (rzp.webhooks) {
    const made = await rzp.webhooks.create(hook);
    assert.equal((await rzp.webhooks.fetch(made.id, `acc_${made.owner_id}`)).url, hook.url);
    assert.equal((await rzp.webhooks.all()).count, 1);
    assert.equal((await rzp.webhooks.edit({ active: true }, made.id)).active, true);
  } else await control("webhooks", hook);
  const order = await rzp.orders.create({ amount: 700, currency: "INR" });
  await control("checkout/pay", { order_id: order.id, method: "wallet" });
  for (let tries = 0; !received.length && tries < 200; tries += 1) await new Promise((next) => setTimeout(next, 20));
  server.close();
  const [raw, signature] = received[0];
  assert.equal(Razorpay.validateWebhookSignature(raw, signature, "hush"), true);
  assert.equal(Razorpay.validateWebhookSignature(JSON.stringify(JSON.parse(raw)), signature, "hush"), true);
  done.signatures += 2;
}

async function downtimes() {
  assert.equal((await rzp.payments.fetchPaymentDowntime()).count, 0);
  const down = await control("downtimes", { method: "upi" });
  assert.equal((await rzp.payments.fetchPaymentDowntimeById(down.id)).entity, "payment.downtime");
}

async function main() {
  const order = await orders();
  const paymentId = await payments(order);
  await cards();
  await refunds(paymentId);
  await qrCodes();
  await links();
  await customers();
  await invoices();
  await downtimes();
  await disputes(paymentId);
  await shops();
  await webhooks();
  await instantSettlements();
  await settlements();
  const stranger = client("wrong");
  await refused(stranger.orders.all(), /Authentication failed/, 401);
  process.stdout.write(JSON.stringify({ ...done, sendsForms, resources: [...done.resources].sort() }));
}

main().catch((problem) => {
  console.error(problem);
  process.exit(1);
});

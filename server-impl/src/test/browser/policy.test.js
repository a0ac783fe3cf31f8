import assert from "node:assert/strict";
import { visiting } from "./browser.js";

for (const path of ["/", "/docs/"]) {
  visiting(`the policy of ${path} is kept by the browser`, async (visit) => {
    const { page } = visit;
    const answer = await page.goto(path);
    assert.doesNotMatch(answer.headers()["content-security-policy"], /unsafe|\*|https?:/);

    await page.evaluate(() => {
      const add = (name, properties) =>
        document.head.append(Object.assign(document.createElement(name), properties));
      add("script", { textContent: "window.inline = true" });
      add("script", { src: "https://elsewhere.example/script.js" });
      add("link", { rel: "stylesheet", href: "https://elsewhere.example/style.css" });
      add("style", { textContent: "body { color: red }" });
      document.body.append(Object.assign(new Image(), { src: "https://elsewhere.example/i.png" }));
      return fetch("https://elsewhere.example/").catch(() => {});
    });
    const refused = () => visit.complaints.filter((complaint) => complaint.startsWith("policy:"));
    await page.waitForFunction(() => !window.inline);
    await until(() => refused().length >= 6);

    assert.deepEqual(refused().sort(), [
      "policy: connect-src https://elsewhere.example/",
      "policy: img-src https://elsewhere.example/i.png",
      "policy: script-src-elem https://elsewhere.example/script.js",
      "policy: script-src-elem inline",
      "policy: style-src-elem https://elsewhere.example/style.css",
      "policy: style-src-elem inline",
    ]);
    visit.complaints.length = 0;
    visit.requests = visit.requests.filter((request) => !request.url().includes("elsewhere"));
  });
}

async function until(condition) {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    assert.ok(Date.now() < deadline, "not in time");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

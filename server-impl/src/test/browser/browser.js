// A visit to the running server in a real browser: what happens in it is recorded, and held against
// what must hold at every visit.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";

/** What BrowserIT started: the server, and a backup that is there. */
export const server = {
  url: given("SERVER_URL"),
  folder: given("FOLDER_ID"),
  cluster: given("CLUSTER_ID"),
  backup: given("BACKUP_ID"),
  shard: given("SHARD_NAME"),
  version: given("SERVER_VERSION"),
};

const screens = [
  { name: "desktop", viewport: { width: 1280, height: 800 } },
  { name: "phone", viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
];

let browser;

before(async () => {
  browser = await chromium.launch({
    executablePath: given("CHROMIUM"),
    args: [
      // Root has no other way; the pages are our own.
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      // What the browser itself would ask of its vendor is not what is looked at.
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      // No name is ever resolved: whatever needs another host fails.
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ],
  });
});

after(() => browser.close());

/** One page, and all that went on in it. */
export class Visit {
  requests = [];
  complaints = [];
  #answers404 = [];

  constructor(context, page, screen) {
    this.context = context;
    this.page = page;
    this.screen = screen;
    context.on("request", (request) => this.requests.push(request));
    page.on("pageerror", (error) => this.complaints.push(`error: ${error.message}`));
    page.on("console", (message) => {
      const { url } = message.location();
      const expected = this.#answers404.includes(url) && message.text().includes("404");
      if (["error", "warning"].includes(message.type()) && !expected) {
        this.complaints.push(`console: ${message.text()} (${url})`);
      }
    });
  }

  static async start(screen, colorScheme) {
    const { name, ...options } = screen;
    const context = await browser.newContext({ ...options, colorScheme, baseURL: server.url });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    const visit = new Visit(context, page, screen);
    await context.exposeFunction("reportViolation", (what) => visit.complaints.push(what));
    await context.addInitScript(() =>
      addEventListener("securitypolicyviolation", (violation) =>
        window.reportViolation(`policy: ${violation.effectiveDirective} ${violation.blockedURI}`),
      ),
    );
    return visit;
  }

  /** A call that is meant to fail: the browser tells it on its console, as it should. */
  expect404(url) {
    this.#answers404.push(url);
  }

  /** The operation, opened by the link to it. */
  async operation(tag, id) {
    // A link to another place in the same page loads nothing anew.
    await this.page.goto("about:blank");
    await this.page.goto(`/docs/#/${tag}/${id}`);
    return new OperationBlock(this, this.page.locator(`#operations-${tag}-${id}`));
  }

  async screenshot(name) {
    mkdirSync(given("SCREENSHOTS"), { recursive: true });
    await this.page.screenshot({
      path: path.join(given("SCREENSHOTS"), `${this.screen.name}-${name}.png`),
    });
  }

  /** What must hold whatever was done. */
  async check() {
    const elsewhere = this.requests
      .map((request) => request.url())
      .filter((url) => !url.startsWith(`${server.url}/`) && !/^(about|blob|data):/.test(url));
    assert.deepEqual(elsewhere, [], "requests to somewhere else");
    assert.deepEqual(this.complaints, [], "complaints of the browser");
    const width = await this.page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= this.screen.viewport.width, `the page is ${width} pixels wide`);
  }
}

/** An operation as the page shows it. */
class OperationBlock {
  constructor(visit, root) {
    this.visit = visit;
    this.root = root;
  }

  async tryItOut() {
    await this.root.getByRole("button", { name: "Try it out" }).click();
  }

  field(parameter) {
    return this.root.locator(`tr[data-param-name="${parameter}"] input`);
  }

  /** Presses Execute; answers the request that was sent, and what the page then shows. */
  async execute() {
    const { page } = this.visit;
    const sent = page.waitForResponse((response) => response.request().resourceType() === "fetch");
    await this.root.getByRole("button", { name: "Execute" }).click();
    const response = await sent;
    await response.finished();
    const shown = this.root.locator(".live-responses-table");
    await shown.locator(".response-col_status", { hasText: `${response.status()}` }).waitFor();
    await this.root.locator(".loading-container").waitFor({ state: "detached" });
    return { request: response.request(), response, shown };
  }

  /** The command for a shell that the page shows for the call. */
  async curl() {
    return this.root.locator(".curl-command .curl").innerText();
  }
}

/** The body that is shown for an answer, as JSON. */
export async function shownJson(shown) {
  return JSON.parse(await shown.locator(".response-col_description pre code").first().innerText());
}

/** A test at desktop's and at phone's width; its last sight is kept as a picture. */
export function visiting(name, body, { colorScheme = "light" } = {}) {
  for (const screen of screens) {
    test(`${name} (${screen.name})`, async (context) => {
      const visit = await Visit.start(screen, colorScheme);
      try {
        await body(visit, context);
        await visit.check();
      } finally {
        await visit.screenshot(name.replaceAll(/[^A-Za-z0-9]+/g, "-"));
        await visit.context.close();
      }
    });
  }
}

function given(variable) {
  const value = process.env[variable];
  assert.ok(value, `${variable} is not set; BrowserIT sets it`);
  return value;
}

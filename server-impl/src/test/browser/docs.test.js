import assert from "node:assert/strict";
import { server, visiting } from "./browser.js";

visiting("the documentation shows this server's contract", async ({ page, context }) => {
  const contract = await (await context.request.get("/openapi.json")).json();
  await page.goto("/docs/");
  await page.locator(".opblock").first().waitFor();
  assert.match(await page.locator(".info .title").innerText(), new RegExp(contract.info.title));
  const shown = await page.locator(".opblock-summary-operation-id").allInnerTexts();
  const declared = Object.values(contract.paths).flatMap((path) =>
    Object.values(path).map((operation) => operation.operationId),
  );
  assert.deepEqual(shown.sort(), declared.sort());
});

visiting("extensions are marked, and only they", async ({ page, context }) => {
  const contract = await (await context.request.get("/openapi.json")).json();
  await page.goto("/docs/");
  await page.locator(".opblock").first().waitFor();
  const marked = await page
    .locator(".opblock", { has: page.locator(".extension-mark") })
    .locator(".opblock-summary-operation-id")
    .allInnerTexts();
  const extensions = Object.values(contract.paths)
    .flatMap((path) => Object.values(path))
    .filter((operation) => operation["x-extension"])
    .map((operation) => operation.operationId);
  assert.ok(extensions.length > 0);
  assert.deepEqual(marked.sort(), extensions.sort());
  await page.locator(".extension-mark").first().scrollIntoViewIfNeeded();
});

visiting("every schema of the contract can be opened", async ({ page, context }) => {
  const contract = await (await context.request.get("/openapi.json")).json();
  await page.goto("/docs/");
  await page.locator(".models h4 button").click();
  const names = Object.keys(contract.components.schemas);
  assert.deepEqual(
    await page.locator(".models .model-container").evaluateAll((all) =>
      all.map((model) => model.getAttribute("data-name")),
    ),
    names,
  );
  const manifest = page.locator('.models .model-container[data-name="ShardManifest"]');
  await manifest.locator("button").first().click();
  await manifest.getByText("replicationOffset").waitFor();
  await manifest.scrollIntoViewIfNeeded();
});

visiting("a link can not show another contract in the page", async ({ page }) => {
  await page.goto("/docs/?url=https://elsewhere.example/openapi.yaml&urls.primaryName=x");
  await page.locator(".opblock").first().waitFor();
  assert.equal(await page.locator(".info .link").first().getAttribute("href"), "/openapi.yaml");
});

visiting(
  "the documentation is dark where the reader's system is",
  async (visit) => {
    const block = await visit.operation("Backup", "getBackup");
    await block.root.locator(".responses-table").waitFor();
    const ground = await visit.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const [red, green, blue] = ground.match(/\d+/g).map(Number);
    assert.ok(red + green + blue < 200, `the ground is ${ground}`);
    await visit.page.emulateMedia({ colorScheme: "light" });
    await visit.page.waitForFunction(
      () => !document.documentElement.classList.contains("dark-mode"),
    );
    await visit.page.emulateMedia({ colorScheme: "dark" });
  },
  { colorScheme: "dark" },
);

visiting("a token is sent with each call and gone with the page", async (visit) => {
  const { page } = visit;
  const token = "a-token-of-the-caller";
  let list = await visit.operation("Backup", "listBackups");
  await page.getByRole("button", { name: "Authorize" }).first().click();
  const dialog = page.locator(".modal-ux");
  await dialog.locator("input").fill(token);
  await dialog.getByRole("button", { name: "Apply credentials" }).click();
  await dialog.getByRole("button", { name: "Close" }).last().click();

  await list.tryItOut();
  const { request } = await list.execute();
  assert.equal(request.headers().authorization, `Bearer ${token}`);
  assert.match(await list.curl(), /-H 'Authorization: Bearer a-token-of-the-caller'/);
  const kept = await page.evaluate(() =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
  );
  assert.doesNotMatch(kept, /a-token/);

  await page.reload();
  await list.tryItOut();
  const later = await list.execute();
  assert.equal(later.request.headers().authorization, undefined);
  assert.equal(new URL(later.request.url()).origin, server.url);
});

import assert from "node:assert/strict";
import axe from "axe-core";
import { server, visiting } from "./browser.js";

for (const colorScheme of ["light", "dark"]) {
  visiting(
    `the landing page in ${colorScheme} is one screen that everybody can read`,
    async ({ page }) => {
      await page.goto("/");
      const [height, room] = await page.evaluate(() => [
        document.documentElement.scrollHeight,
        window.innerHeight,
      ]);
      assert.ok(height <= room, `the page is ${height} pixels high on a screen of ${room}`);
      await page.evaluate(axe.source);
      const { violations, passes } = await page.evaluate(() => window.axe.run());
      assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map((n) => n.html)]), []);
      assert.ok(passes.some(({ id }) => id === "color-contrast"), "contrast was looked at");
    },
    { colorScheme },
  );
}

visiting("the landing page leads to everything there is", async ({ page, context }) => {
  await page.goto("/");
  const links = await page.locator("a").evaluateAll((all) => all.map((a) => a.href));
  assert.ok(links.length >= 6);
  for (const link of links) {
    assert.equal((await context.request.get(link)).status(), 200, link);
  }
  await page.getByRole("link", { name: "Documentation" }).click();
  await page.locator(".opblock").first().waitFor();
});

visiting("the landing page tells the version of the server", async ({ page }) => {
  await page.goto("/");
  assert.match(await page.locator("footer").innerText(), new RegExp(`^Server ${server.version},`));
});

visiting("the landing page's links can be reached and seen with the keyboard", async ({ page }) => {
  await page.goto("/");
  const count = await page.locator("a").count();
  const reached = [];
  for (let i = 0; i < count; i++) {
    await page.keyboard.press("Tab");
    reached.push(
      await page.evaluate(() => [
        document.activeElement.getAttribute("href"),
        getComputedStyle(document.activeElement).outlineStyle,
      ]),
    );
  }
  const links = await page.locator("a").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  assert.deepEqual(reached, links.map((link) => [link, "solid"]));
});

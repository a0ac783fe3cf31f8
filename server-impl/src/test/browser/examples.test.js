import assert from "node:assert/strict";
import { test } from "node:test";
import { server, visiting } from "./browser.js";

const contract = await (await fetch(`${server.url}/openapi.json`)).json();

function resolved(node) {
  return node?.$ref
    ? resolved(node.$ref.slice(2).split("/").reduce((at, name) => at[name], contract))
    : node;
}

/** Every named example of every answer: what the contract says. */
const declared = Object.values(contract.paths).flatMap((path) =>
  Object.values(path).map((operation) => ({
    tag: operation.tags[0],
    id: operation.operationId,
    answers: Object.entries(operation.responses).map(([status, response]) => ({
      status,
      examples: Object.entries(resolved(response).content["application/json"]?.examples ?? {}).map(
        ([name, example]) => ({ name, ...resolved(example) }),
      ),
    })),
  })),
);

let compared = 0;

for (const operation of declared) {
  visiting(`${operation.id} is shown with every example of the contract`, async (visit, context) => {
    const block = await visit.operation(operation.tag, operation.id);
    let here = 0;
    for (const answer of operation.answers) {
      const shown = block.root.locator(`tr.response[data-code="${answer.status}"]`);
      await shown.waitFor();
      const choice = shown.locator(".response-controls .examples-select select");
      if (answer.examples.length > 0) {
        const offered = await choice
          .locator("option")
          .evaluateAll((all) => all.map((option) => option.value));
        assert.deepEqual(offered, answer.examples.map((example) => example.name));
      }
      for (const example of answer.examples) {
        await choice.selectOption(example.name);
        assert.deepEqual(
          JSON.parse(await shown.locator("pre.example code").innerText()),
          example.value,
          `${operation.id} ${answer.status} ${example.name}`,
        );
        here++;
      }
    }
    compared += here;
    context.diagnostic(`${here} examples`);
    await block.root.scrollIntoViewIfNeeded();
  });
}

test("no example was left out", (context) => {
  const all = declared.flatMap(({ answers }) => answers).flatMap(({ examples }) => examples).length;
  context.diagnostic(`${compared / 2} of ${all} examples shown, at both widths`);
  assert.ok(all > 100);
  assert.equal(compared, 2 * all);
});

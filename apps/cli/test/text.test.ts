import { describe, expect, test } from "vitest";
import { html, htmlTable } from "../src/html.ts";
import { amountText, costText, countText, secondsText } from "../src/text.ts";

test("costs have ten digits, and those that are no number are shown as they are", () => {
  expect([727.1496672548999, 0, 2547810.90512, Number.NaN, Infinity].map(costText)).toEqual([
    "727.1496673",
    "0",
    "2547810.905",
    "NaN",
    "Infinity",
  ]);
});

test("amounts have three digits and a prefix", () => {
  expect([0, 999, 1000, 1531827, 2e18].map(amountText)).toEqual(["0", "999", "1 k", "1.53 M", "2000 P"]);
});

test("times have three digits", () => {
  expect([0.0123456, 61.234].map(secondsText)).toEqual(["0.0123 s", "61.2 s"]);
});

test("nouns follow their number", () => {
  expect([0, 1, 2].map((n) => countText(n, "pose"))).toEqual(["0 poses", "1 pose", "2 poses"]);
});

describe("html", () => {
  test("escapes text and leaves html as it is", () => {
    const name = "<script>\"&'";

    expect(html`<b>${html`<i>${name}</i>`}</b>`.text).toBe("<b><i>&#60;script&#62;&#34;&#38;&#39;</i></b>");
  });

  test("makes rows of cells", () => {
    expect(htmlTable(["a"], [["1"], ["<"]]).text).toContain("<tr><td>1</td></tr>\n<tr><td>&#60;</td></tr>");
  });
});

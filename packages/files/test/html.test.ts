import { escapeHtml, escapeMarkdown, escapeTerminal, html, json, jsonLine, markdownTable, rawHtml } from "@mammo/files";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

describe("html", () => {
  it("escapes values, keeps HTML, joins lists, leaves nothing for nothing", () => {
    const rows = ["<b>", 'a"b', "it's"];
    expect(html`<p title="${rows[1]!}">${rows.map((row) => html`<i>${row}</i>`)}${undefined}${false}${3}${rawHtml("<br>")}</p>`.html).toBe(
      '<p title="a&quot;b"><i>&lt;b&gt;</i><i>a&quot;b</i><i>it&#39;s</i>3<br></p>',
    );
  });

  it("lets no text open an element, an entity or close an attribute", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const escaped = escapeHtml(text);
        expect(escaped).not.toMatch(/[<>"']|(?![\t\n\f\r])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u);
        expect(escaped.replace(/&(amp|lt|gt|quot|#39);/g, "")).not.toContain("&");
      }),
    );
  });
});

describe("escapeMarkdown", () => {
  it("leaves no mark that Markdown or a table's cell would read, and one line", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const escaped = escapeMarkdown(text);
        expect(escaped).not.toMatch(/[\n\r]/);
        expect(escaped.replaceAll("@<!-- -->", "").replace(/\\[\\`*_{}[\]()<>#+!|~&$:/.]/g, "")).not.toMatch(/[\\`*_{}[\]()<>#+!|~&$]/);
      }),
    );
  });

  it("begins no link, mention or formula of GitHub's", () => {
    expect(escapeMarkdown("https://evil.example www.evil.example @user a@b.example $x$ ratio 1:2 and/or")).toBe(
      "https\\:\\/\\/evil.example www\\.evil.example @<!-- -->user a@<!-- -->b.example \\$x\\$ ratio 1:2 and/or",
    );
  });

  it("makes tables of what would break them", () => {
    expect(
      markdownTable([
        ["reader", "AUROC"],
        ["A|B", 0.5],
      ]),
    ).toBe("| reader | AUROC |\n| --- | ---: |\n| A\\|B | 0.5 |");
  });
});

describe("escapeTerminal", () => {
  it("lets no escape sequence, no new line and no mark of direction through", () => {
    expect(escapeTerminal("\x1b[2J\x9b31mDOE\u202e\r\n\tx\x07é")).toBe("?[2J?31mDOE?   x?é");
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(escapeTerminal(text)).not.toMatch(/[\p{Cc}\u2028\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });
});

describe("json", () => {
  it("escapes what would steer a terminal or turn the direction of writing, and stays the same JSON", () => {
    expect(jsonLine({ "\u009b2J": "a\u202eb\u2028" })).toBe('{"\\u009b2J":"a\\u202eb\\u2028"}');
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(json(value))).toEqual(JSON.parse(JSON.stringify(value)));
        expect(json(value).replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });
});

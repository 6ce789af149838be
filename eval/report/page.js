"use strict";
// Tables that sort, lists that filter, and items that are drawn when they are looked at.
// Whatever comes from the data is set as text, never as HTML.
(() => {
  const AT_ONCE = 40;
  const SIGNS = { right: "✓", wrong: "✗", abstained: "–", compared: "≈", error: "!" };
  const UNSEARCHED = new Set(["form", "verdict", "value", "confidence", "cost", "ended"]);
  const data = JSON.parse(document.getElementById("data").textContent);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // tables

  const valueOf = (row, place) => {
    const cell = row.cells[place];
    const text = cell.dataset.v ?? cell.textContent;
    const number = Number(text);
    return text === "" ? null : Number.isNaN(number) ? text : number;
  };

  const compare = (a, b) =>
    typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));

  const sort = (head) => {
    const body = head.closest("table").tBodies[0];
    const rows = [...body.rows];
    const place = head.cellIndex;
    const known = rows.map((row) => valueOf(row, place)).find((value) => value !== null);
    const was = head.getAttribute("aria-sort");
    const down = was ? was === "ascending" : typeof known === "number" && place > 0;
    all("th[aria-sort]", head.parentNode).forEach((one) => one.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const keyed = rows.map((row) => [valueOf(row, place), row]);
    keyed.sort(([a], [b]) => {
      if (a === null || b === null) return (a === null) - (b === null); // nothing comes last
      return down ? compare(b, a) : compare(a, b);
    });
    body.append(...keyed.map(([, row]) => row));
  };

  all(".sort").forEach((button) =>
    button.addEventListener("click", () => sort(button.closest("th"))));

  // what is shown of a sheet

  const inBin = (bin, chosen) =>
    chosen.startsWith("kind:") ? bin.startsWith(`${chosen.slice(5)}: `) : bin === chosen.slice(4);

  const show = (sheet, chosen) => {
    for (const row of all("tr[data-bin]", sheet)) {
      const { bin, metric } = row.dataset;
      row.hidden = !inBin(bin, chosen.bin) || (metric !== undefined && metric !== chosen.metric);
    }
    for (const figure of all("figure[data-metric]", sheet)) {
      figure.hidden = figure.dataset.metric !== chosen.metric;
    }
    all("table.scores", sheet).forEach((table) => {
      table.className = `sortable scores show-${chosen.group}`;
    });
  };

  for (const sheet of all(".sheet")) {
    const lists = all("select[data-choose]", sheet);
    const chosen = Object.fromEntries(lists.map((one) => [one.dataset.choose, one.value]));
    for (const list of lists) {
      list.addEventListener("change", () => {
        chosen[list.dataset.choose] = list.value;
        // a list may stand in several places
        lists.filter((one) => one.dataset.choose === list.dataset.choose)
          .forEach((one) => { one.value = list.value; });
        show(sheet, chosen);
      });
    }
    if (lists.length) show(sheet, chosen);
  }

  // which items are shown

  const form = document.getElementById("choose");
  const list = document.getElementById("items");
  const more = document.getElementById("more");
  const nameOf = (item, answer) => data.sheets[item.sheet].columns[answer.column];
  const texts = new Map();
  let found = [];

  // Every word that can be found of an item; made when it is first searched.
  const textOf = (item) => {
    let text = texts.get(item);
    if (text === undefined) {
      const said = [];
      const gather = (value) => {
        if (typeof value === "string") said.push(value);
        else if (value && typeof value === "object") {
          for (const key in value) if (!UNSEARCHED.has(key)) gather(value[key]);
        }
      };
      gather(item);
      text = said.join("\n").toLowerCase();
      texts.set(item, text);
    }
    return text;
  };

  const chosenOf = () => {
    const chosen = Object.fromEntries(
      all("select", form).map((one) => [one.dataset.choose, one.value]));
    chosen.words = document.getElementById("search").value.toLowerCase().split(/\s+/)
      .filter(Boolean);
    return chosen;
  };

  const answered = (item, who, verdict) => !(who || verdict) || item.answers.some((answer) =>
    (!who || nameOf(item, answer) === who) && (!verdict || answer.verdict === verdict));

  const fits = (item, chosen) =>
    (!chosen.sheet || String(item.sheet) === chosen.sheet)
    && (!chosen["item-bin"] || (item.bins ?? []).includes(chosen["item-bin"]))
    && answered(item, chosen.who, chosen.verdict)
    && answered(item, chosen["who-too"], chosen["verdict-too"])
    && chosen.words.every((word) => textOf(item).includes(word));

  const choose = () => {
    const chosen = chosenOf();
    found = data.items.filter((item) => fits(item, chosen));
    document.getElementById("count").textContent =
      `${found.length.toLocaleString("en")} of ${data.items.length.toLocaleString("en")} items`;
    list.replaceChildren();
    draw();
  };

  const draw = () => {
    const first = list.childElementCount;
    list.append(...found.slice(first, first + AT_ONCE).map(card));
    more.hidden = list.childElementCount >= found.length;
  };

  // an item

  const make = (tag, kind, ...parts) => {
    const made = document.createElement(tag);
    if (kind) made.className = kind;
    made.append(...parts.filter((part) => part !== null && part !== undefined));
    return made;
  };

  const badge = (kind, text) => make("span", `badge ${kind}`, text);

  const card = (item) => {
    const verdicts = item.answers.map((answer) =>
      badge(answer.verdict, `${SIGNS[answer.verdict]} ${nameOf(item, answer)}`));
    const made = make("details", "item", make("summary", "",
      make("span", "asked", item.question), make("span", "verdicts", ...verdicts)));
    made.addEventListener("toggle", () => {
      if (made.open && made.childElementCount === 1) made.append(...told(item));
    });
    return made;
  };

  const told = (item) => [
    pairs([
      ["id", item.id], ["bins", (item.bins ?? []).join(" · ")],
      ["about", (item.inputs ?? []).join(" · ")], ["context", item.context],
    ]),
    gold(item),
    listOf("Options", item.options, (option) => make("li", "",
      option, isGold(item, option) ? badge("right", "right") : null)),
    holds(item.holds),
    ...item.answers.flatMap((answer) => answerOf(item, answer)),
  ].filter(Boolean);

  const pairs = (values) => make("dl", "", ...values.filter(([, value]) => value)
    .flatMap(([name, value]) => [make("dt", "", name), make("dd", "", value)]));

  const isGold = (item, option) => (item.gold ?? []).some(([gold]) =>
    gold.toLowerCase().split(/\s+/).join(" ") === option.toLowerCase().split(/\s+/).join(" "));

  const listOf = (title, values, draw) => values && values.length
    ? make("div", "", make("strong", "soft", title), make("ul", "", ...values.map(draw))) : null;

  const node = ([id, name, hit], known) => {
    const made = make("span", `node${hit || known ? " hit" : ""}`, name || id);
    made.title = id;
    return made;
  };

  const gold = (item) => {
    if (!item.gold) return make("p", "soft", "There is no answer: abstaining is right.");
    if (item.form === "text") return listOf("Reference", item.gold, ([text]) => make("li", "", text));
    if (item.form === "choice") return null;
    return make("div", "", make("strong", "soft", "Right answers"), make("div", "nodes",
      ...item.gold.map((one) => node(one, true)), rest(item.moreGold)));
  };

  const rest = (n) => (n ? make("span", "soft", `and ${n} more`) : null);

  const holds = (statements) => {
    if (!statements) return null;
    const made = make("details", "holds", make("summary", "", "Statements that hold the answer"));
    made.append(make("ul", "", ...statements.map((one) => make("li", "", one))));
    return made;
  };

  const answerOf = (item, answer) => {
    const name = nameOf(item, answer);
    const title = make("h4", "", badge(answer.verdict, `${SIGNS[answer.verdict]} ${answer.verdict}`),
      make("span", `who c${answer.column % 8}`, name),
      make("span", "soft", [
        answer.ended, answer.value,
        answer.confidence && `confidence ${answer.confidence}`, answer.cost,
      ].filter(Boolean).join(" · ")));
    return [
      title,
      answer.error ? make("p", "note", `Error: ${answer.error}`) : null,
      answer.choice ? make("p", "", "Chose: ", make("strong", "", answer.choice)) : null,
      answer.text ? make("p", "", answer.text) : null,
      answer.note ? make("p", "soft", `Note: ${answer.note}`) : null,
      named(answer),
      evidence(item, answer),
      listOf("Dropped sentences", answer.dropped, ([text, verdict, reason]) => make("li", "",
        badge("wrong", verdict), ` ${text} `, make("span", "soft", reason))),
    ].filter(Boolean);
  };

  const named = (answer) => answer.nodes ? make("div", "nodes", make("span", "soft", "Names:"),
    ...answer.nodes.map((one) => node(one, false)), rest(answer.moreNodes)) : null;

  const evidence = (item, answer) => {
    if (!answer.evidence) return null;
    const lines = answer.evidence.map(([number, place]) => {
      const [status, statement, source, sure, because] = item.pool[place];
      return make("li", "", `[${number}] `, badge(status, status), ` ${statement} `,
        make("span", "soft", `(${[source, sure, because].filter(Boolean).join("; ")})`));
    });
    return make("div", "", make("strong", "soft", "Evidence that it rests on"),
      make("ul", "evidence", ...lines, rest(answer.moreEvidence)));
  };

  // put together

  const fill = (kind, values) => all(`select[data-choose="${kind}"]`, form).forEach((select) =>
    select.append(...values.map((value) => new Option(value, value))));
  const columns = [...new Set(data.sheets.flatMap((sheet) => sheet.columns))];
  fill("who", columns);
  fill("who-too", columns);
  fill("item-bin", [...new Set(data.items.flatMap((item) => item.bins ?? []))]
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true })));

  let waiting = 0;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", choose);
  form.addEventListener("reset", () => setTimeout(choose));
  document.getElementById("search").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(choose, 150);
  });
  // so that the first search does not wait
  const prepare = (first) => {
    data.items.slice(first, first + 200).forEach(textOf);
    if (first < data.items.length) setTimeout(prepare, 20, first + 200);
  };
  more.addEventListener("click", draw);
  new IntersectionObserver((seen) => {
    if (seen.some((one) => one.isIntersecting) && !more.hidden) draw();
  }, { rootMargin: "400px" }).observe(more);
  choose();
  setTimeout(prepare, 200, 0);
})();

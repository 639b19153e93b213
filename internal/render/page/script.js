"use strict";
(() => {
  document.documentElement.classList.add("js");
  const form = document.querySelector(".filters");
  const field = (name) => document.getElementById("f-" + name);
  const foldsAround = (node) => {
    const out = [];
    for (let d = node.closest("details"); d; d = d.parentElement.closest("details")) out.push(d);
    return out;
  };

  // Opens the folds around the target of a link, because not all browsers do so, and clears a filter
  // that hides the target.
  function reveal() {
    const target = document.getElementById(location.hash.slice(1));
    if (!target) return;
    if (form && target.closest("[hidden]")) clear();
    for (const fold of foldsAround(target)) fold.open = true;
    target.scrollIntoView();
  }
  addEventListener("hashchange", reveal);
  addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link && link.hash === location.hash) reveal();
  });

  // Opens all folds for printing.
  let shut = [];
  addEventListener("beforeprint", () => {
    shut = [...document.querySelectorAll("details:not([open])")];
    for (const fold of shut) fold.open = true;
  });
  addEventListener("afterprint", () => {
    for (const fold of shut) fold.open = false;
  });

  const levels = ["low", "medium", "high"];
  const few = 200; // up to this number of matches, a filter opens the folds around them
  let index = null, saved = null, waiting = 0;

  // Reads the changes only at the first search, so that a page of any size opens quickly.
  function read() {
    const all = [...document.querySelectorAll("article")].map((node) => ({
      node, zone: node.closest(".zone"), boxes: [...foldsAround(node), node.closest(".group")], text: null }));
    index = { all, boxes: [...document.querySelectorAll(".zone, .group, .more")] };
  }
  const textOf = (c) =>
    (c.text ??= (c.zone.dataset.zone + " " + c.node.dataset.action + " " + c.node.textContent).toLowerCase());

  function filter() {
    if (!index) read();
    const words = field("text").value.toLowerCase().split(/\s+/).filter(Boolean);
    const zone = field("zone").value, type = field("type").value, action = field("action").value;
    const least = levels.indexOf(field("risk").value);
    const matched = new Set();
    let shown = 0;
    for (const c of index.all) {
      const d = c.node.dataset;
      const match = (!zone || c.zone.dataset.zone === zone) && (!type || d.type === type) &&
        (!action || d.action === action) && (least < 0 || levels.indexOf(d.risk) >= least) &&
        words.every((w) => textOf(c).includes(w));
      if (c.node.hidden === match) c.node.hidden = !match;
      if (!match) continue;
      shown++;
      for (const box of c.boxes) matched.add(box);
    }

    for (const box of index.boxes) box.hidden = !matched.has(box);
    openMatches(matched, shown);
    field("none").hidden = shown > 0;
    const all = index.all.length + (index.all.length === 1 ? " change" : " changes");
    field("count").value = shown === index.all.length ? all : shown + " of " + all;
  }

  function clear() {
    form.reset();
    filter();
  }

  // Opens the folds around the matches of a filter if there are few. Without a filter, restores the folds
  // as they were before.
  function openMatches(matched, shown) {
    const folds = index.boxes.filter((box) => box.tagName === "DETAILS");
    const active = shown < index.all.length;
    saved ??= new Map(folds.map((fold) => [fold, fold.open]));
    for (const fold of folds) fold.open = (active && shown <= few && matched.has(fold)) || saved.get(fold);
    if (!active) saved = null;
  }

  if (form) {
    form.addEventListener("input", () => {
      cancelAnimationFrame(waiting);
      waiting = requestAnimationFrame(filter);
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    field("clear").addEventListener("click", clear);
    const turn = (open) => {
      for (const fold of document.querySelectorAll(".zone, .more")) fold.open = open;
    };
    field("open")?.addEventListener("click", () => turn(true));
    field("shut")?.addEventListener("click", () => turn(false));
    document.addEventListener("keydown", (event) => {
      const typing = event.target.matches("input, select");
      if (event.key === "/" && !typing) {
        event.preventDefault();
        field("text").focus();
      } else if (event.key === "Escape" && event.target === field("text")) {
        clear();
      }
    });
  }
  reveal();
})();

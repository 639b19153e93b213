"use strict";
(() => {
  document.documentElement.classList.add("js");
  const form = document.querySelector(".filters");
  if (!form) return;
  const field = (name) => document.getElementById("f-" + name);
  const zones = [...document.querySelectorAll("section.zone")];
  const changes = zones.flatMap((zone) =>
    [...zone.querySelectorAll("article")].map((node) => ({ node, zone, text: null })));
  const levels = ["low", "medium", "high"];
  // The text of a change is read once, when it is first searched.
  const textOf = (c) => (c.text ??= (c.zone.dataset.zone + " " + c.node.textContent).toLowerCase());

  function filter() {
    const words = field("text").value.toLowerCase().split(/\s+/).filter(Boolean);
    const zone = field("zone").value, type = field("type").value, action = field("action").value;
    const least = levels.indexOf(field("risk").value);
    const left = new Map(zones.map((z) => [z, 0]));
    let shown = 0;
    for (const c of changes) {
      const d = c.node.dataset;
      const match = (!zone || c.zone.dataset.zone === zone) && (!type || d.type === type) &&
        (!action || d.action === action) && (least < 0 || levels.indexOf(d.risk) >= least) &&
        words.every((w) => textOf(c).includes(w));
      if (c.node.hidden === match) c.node.hidden = !match;
      if (match) {
        shown++;
        left.set(c.zone, left.get(c.zone) + 1);
      }
    }
    for (const z of zones) z.hidden = left.get(z) === 0;
    field("none").hidden = shown > 0;
    const all = changes.length + (changes.length === 1 ? " change" : " changes");
    field("count").value = shown === changes.length ? all : shown + " of " + all;
  }

  let waiting = 0;
  form.addEventListener("input", () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(filter);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input, select");
    if (event.key === "/" && !typing) {
      event.preventDefault();
      field("text").focus();
    } else if (event.key === "Escape" && event.target === field("text")) {
      form.reset();
    }
  });
  filter();
})();

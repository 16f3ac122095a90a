// The board: ribbons between the same duties, and where the eye goes after a card changed.
// Without this module the numbers on the cards carry the link, and every act is a form.
const wide = window.matchMedia("(min-width: 768px)");

function ribbon(from, to, box, width) {
  const a = from.getBoundingClientRect();
  const b = to.getBoundingClientRect();
  const [top, bottom, toTop, toBottom] = [a.top, a.bottom, b.top, b.bottom].map((y) => y - box.top);
  const on = from.classList.contains("active") && to.classList.contains("active");
  const inset = on ? 0 : Math.max((bottom - top) / 2 - 7, 0);
  const outset = on ? 0 : Math.max((toBottom - toTop) / 2 - 7, 0);
  const [y1, y2, y3, y4] = [top + inset, bottom - inset, toTop + outset, toBottom - outset].map((y) => y.toFixed(1));
  const mid = width / 2;
  return `M0 ${y1}C${mid} ${y1} ${mid} ${y3} ${width} ${y3}V${y4}C${mid} ${y4} ${mid} ${y2} 0 ${y2}Z`;
}

function draw() {
  const svg = document.querySelector("[data-ribbons]");
  if (!svg || !wide.matches) return;
  const holder = svg.parentElement.getBoundingClientRect();
  const width = Math.round(holder.width);
  const height = Math.round(holder.height);
  svg.setAttribute("width", width);
  svg.setAttribute("height", height);
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.querySelectorAll("path").forEach((path) => {
    const from = document.getElementById(path.dataset.a);
    const to = document.getElementById(path.dataset.b);
    if (from && to) path.setAttribute("d", ribbon(from, to, holder, width));
  });
}

function look() {
  draw();
  const first = document.querySelector(".it.active");
  if (!first || !wide.matches) return;
  const box = first.getBoundingClientRect();
  if (box.top < 160 || box.bottom > window.innerHeight - 80) first.scrollIntoView({ block: "center" });
}

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target.id !== "board") return;
  look();
  const { address } = document.getElementById("board").dataset;
  if (address) history.replaceState(null, "", address);
  const refused = document.querySelector("[data-card-refused]");
  if (refused) {
    refused.scrollIntoView({ block: "center" });
    refused.focus({ preventScroll: true });
    return;
  }
  document.querySelector("[data-card-title]")?.focus({ preventScroll: true });
});
// A press that opens a decision goes on to its first field.
document.addEventListener("toggle", (event) => {
  if (event.target.matches?.("details.decide-more[open]")) {
    event.target.querySelector("textarea, input:not([type=hidden]), select")?.focus();
    draw();
  }
}, true);
// What holds instead of either draft is filled in below: the fold opens, and the field it means takes the word.
const MEANT = { when_of: "due", lead_of: "lead", quantity_of: "quantity" };
document.addEventListener("change", (event) => {
  const name = MEANT[event.target.name];
  if (!name || event.target.value !== "typed") return;
  const form = event.target.closest("form");
  const fold = form.querySelector("details.adjust");
  if (fold) fold.open = true;
  form.querySelector(`.adjust [name=${name}]`)?.focus();
  draw();
});
// Esc closes an open decision without a trace; Ctrl+Enter (⌘+Enter) takes the decision one is writing.
document.addEventListener("keydown", (event) => {
  const fold = event.target.closest?.(".find-card details[open], .bulk[open]");
  if (!fold) return;
  if (event.key === "Escape") {
    fold.open = false;
    fold.querySelector("summary").focus();
    draw();
  } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    fold.querySelector("form")?.requestSubmit();
  }
});
window.addEventListener("resize", draw);
document.fonts?.ready.then(draw);
look();

// Page-wide shortcuts. An element declares its own: data-key="n" data-key-label="New plan".
// Rows with data-row take J and K; keys inside the active row win over keys of the page.
const PAUSE = 900; // ms between two keys of a sequence such as "g h"
let pending = "";
let timer = 0;

const isTyping = (target) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
  !["checkbox", "radio", "button", "submit"].includes(target.type);

const isShown = (element) => element.getClientRects().length > 0 && !element.closest("[inert]");
const openDialog = () => document.querySelector("dialog[open]");
const rows = () => [...document.querySelectorAll("[data-row]")].filter(isShown);
const activeRow = () => document.querySelector("[data-row].active-row, [data-row].active");

const candidates = () => available(openDialog() ?? document);

function available(within = document) {
  const all = [...within.querySelectorAll("[data-key]")].filter(isShown);
  const row = activeRow();
  return row ? [...all.filter((element) => row.contains(element)), ...all.filter((element) => !element.closest("[data-row]"))] : all;
}

function act(element) {
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName)) {
    element.focus();
    element.select?.();
  } else {
    element.click();
    // A key that opens a fold goes on to its first field at once: what is typed next belongs there.
    const fold = element.closest("summary")?.parentElement;
    if (fold?.open) fold.querySelector("textarea, input:not([type=hidden]), select")?.focus();
  }
}

function move(step) {
  const all = openDialog() ? [] : rows();
  if (!all.length) return false;
  const current = all.indexOf(activeRow());
  const next = all[Math.min(Math.max(current + step, 0), all.length - 1)];
  all.forEach((row) => row.classList.toggle("active-row", row === next));
  next.scrollIntoView({ block: "nearest" });
  (next.querySelector("a[href], button") ?? next).focus({ preventScroll: true });
  next.dispatchEvent(new CustomEvent("heli:row", { bubbles: true }));
  return true;
}

function press(sequence) {
  const found = candidates().find((element) => element.dataset.key === sequence);
  if (found) {
    act(found);
    return true;
  }
  if (sequence === "j") return move(1);
  if (sequence === "k") return move(-1);
  return false;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (isTyping(event.target) || event.key.length !== 1 || event.key === " ") return;
  const key = event.key.toLowerCase();
  const sequence = pending ? `${pending} ${key}` : key;
  clearTimeout(timer);
  pending = "";
  if (press(sequence) || (sequence !== key && press(key))) {
    event.preventDefault();
    return;
  }
  if (candidates().some((element) => element.dataset.key.startsWith(`${key} `))) {
    pending = key;
    timer = setTimeout(() => { pending = ""; }, PAUSE);
  }
});

// The help lists what this page can do now.
document.addEventListener("heli:dialog", (event) => {
  const sheet = event.target.querySelector("[data-keysheet]");
  if (!sheet) return;
  sheet.querySelectorAll("[data-found]").forEach((entry) => entry.remove());
  const seen = new Set();
  const last = sheet.querySelector("dt:last-of-type");
  const add = (keys, label) => {
    const term = document.createElement("dt");
    const words = document.createElement("dd");
    keys.forEach((key) => {
      const cap = document.createElement("kbd");
      cap.textContent = key.length === 1 ? key.toUpperCase() : key;
      term.append(cap, " ");
    });
    words.textContent = label;
    term.dataset.found = words.dataset.found = "";
    last.before(term, words);
  };
  // What acts is listed: a key of the active row or of the page, its first bearer; J and K of rows where no other takes them.
  available().forEach((element) => {
    const { key, keyLabel } = element.dataset;
    if (!keyLabel || seen.has(key)) return;
    seen.add(key);
    add(key.split(" "), keyLabel);
  });
  if (rows().length && !seen.has("j") && !seen.has("k")) add(["j", "k"], sheet.dataset.rowsLabel);
  // What the page only tells of, such as a key that has nothing to act on at this moment.
  document.querySelectorAll("[data-key-note]").forEach(({ dataset }) => {
    const keys = dataset.keyNote.split(" ");
    if (!keys.every((key) => seen.has(key.toLowerCase()))) add(keys, dataset.keyLabel);
  });
});

// Files by drop, paste or choice. The plain input stays the truth: what is dropped is put into it.
const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");

const inputOf = (zone) => zone.querySelector("input[type=file]");

function complaint(zone, file) {
  const input = inputOf(zone);
  const max = Number(zone.dataset.maxMb || 0);
  if (max && file.size > max * 1024 * 1024) return fill(zone.dataset.tooLarge, { name: file.name, max });
  const kinds = input.accept.split(",").map((kind) => kind.trim().toLowerCase()).filter(Boolean);
  const fits = kinds.some((kind) =>
    kind.startsWith(".") ? file.name.toLowerCase().endsWith(kind) : file.type === kind || (kind.endsWith("/*") && file.type.startsWith(kind.slice(0, -1))));
  return kinds.length && !fits ? fill(zone.dataset.wrongKind, { name: file.name, accept: kinds.join(" ") }) : "";
}

const size = (bytes) => (bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`);

function show(zone, lines) {
  zone.querySelector(".drop-list").replaceChildren(...lines.map(({ text, bad }) => {
    const entry = document.createElement("li");
    entry.textContent = text;
    if (bad) entry.className = "t-late";
    return entry;
  }));
}

function take(zone, files) {
  const input = inputOf(zone);
  const wanted = input.multiple ? [...files] : [...files].slice(0, 1);
  const good = new DataTransfer();
  const lines = wanted.map((file) => {
    const wrong = complaint(zone, file);
    if (!wrong) good.items.add(file);
    return { text: wrong || `${file.name}, ${size(file.size)}`, bad: Boolean(wrong) };
  });
  input.files = good.files;
  show(zone, lines);
  zone.classList.toggle("has-file", good.files.length > 0);
  if (good.files.length && zone.hasAttribute("data-submit")) input.form?.requestSubmit();
}

const zoneOf = (event) => (event.target instanceof Element ? event.target.closest("[data-drop]") : null);

for (const name of ["dragenter", "dragover"]) {
  document.addEventListener(name, (event) => {
    const zone = zoneOf(event);
    if (!zone || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    zone.classList.add("over");
  });
}
document.addEventListener("dragleave", (event) => {
  const zone = zoneOf(event);
  if (zone && !zone.contains(event.relatedTarget)) zone.classList.remove("over");
});
document.addEventListener("drop", (event) => {
  const zone = zoneOf(event);
  if (!zone) return;
  event.preventDefault();
  zone.classList.remove("over");
  if (event.dataTransfer.files.length) take(zone, event.dataTransfer.files);
});
document.addEventListener("change", (event) => {
  const zone = zoneOf(event);
  if (zone && event.target === inputOf(zone)) take(zone, event.target.files);
});
document.addEventListener("paste", (event) => {
  if (event.target instanceof Element && event.target.closest("input:not([type=file]), textarea")) return;
  const zone = document.querySelector("[data-drop]");
  if (!zone || document.querySelectorAll("[data-drop]").length > 1 && !zoneOf(event)) return;
  const target = zoneOf(event) ?? zone;
  if (event.clipboardData.files.length) {
    event.preventDefault();
    take(target, event.clipboardData.files);
    return;
  }
  const text = event.clipboardData.getData("text/plain");
  const area = target.dataset.paste && target.parentElement.querySelector(`textarea[name="${target.dataset.paste}"]`);
  if (!text || !area) return;
  event.preventDefault();
  area.value = text;
  area.closest("details").open = true;
  show(target, [{ text: fill(target.dataset.pasted, { count: text.split("\n").length }) }]);
});

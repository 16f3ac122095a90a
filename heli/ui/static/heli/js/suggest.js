// A field whose datalist is filled while typing shows it as a list of its own: browsers filter theirs once more by the
// typed text, so that initials find nothing, and on a phone they hardly show it. Without scripts the browser's stays.
let count = 0;

function upgrade(input) {
  const source = document.getElementById(input.getAttribute("list"));
  if (!source) return;
  input.removeAttribute("list");
  const box = document.createElement("ul");
  box.id = `suggest-${(count += 1)}`;
  box.className = "suggest";
  box.hidden = true;
  box.setAttribute("role", "listbox");
  box.setAttribute("aria-label", input.labels?.[0]?.textContent.replace("*", "").trim() ?? "");
  input.after(box);
  input.parentElement.classList.add("suggesting");
  const said = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": box.id };
  Object.entries(said).forEach(([name, value]) => input.setAttribute(name, value));
  let at = -1;

  const choices = () => [...box.querySelectorAll("[role=option]:not([aria-disabled])")];
  const mark = (index) => {
    at = index;
    choices().forEach((choice, number) => choice.setAttribute("aria-selected", String(number === at)));
    const marked = choices()[at];
    if (marked) {
      input.setAttribute("aria-activedescendant", marked.id);
      marked.scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  };
  const show = (isShown) => {
    box.hidden = !isShown;
    input.setAttribute("aria-expanded", String(isShown));
    mark(-1);
  };
  const fill = () => {
    const options = [...source.querySelectorAll("option")];
    box.replaceChildren(...options.map((option, number) => line(option, `${box.id}-${number}`)));
    const isChosen = options.length === 1 && options[0].value === input.value;
    show(options.length > 0 && !isChosen && document.activeElement === input);
  };
  const take = (choice) => {
    input.value = choice.dataset.value;
    show(false);
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };

  new MutationObserver(fill).observe(source, { childList: true });
  input.addEventListener("blur", () => show(false));
  box.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  box.addEventListener("click", (event) => {
    const choice = event.target.closest("[role=option]:not([aria-disabled])");
    if (choice) take(choice);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || box.hidden) return;
    const found = choices();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) mark((Math.max(at, step > 0 ? -1 : 0) + step + found.length) % found.length);
    else if (event.key === "Enter" && found[at]) take(found[at]);
    else if (event.key === "Escape") show(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}

function line(option, id) {
  const row = document.createElement("li");
  row.id = id;
  row.setAttribute("role", "option");
  row.dataset.value = option.value;
  const words = document.createElement("span");
  const note = document.createElement("span");
  words.textContent = option.dataset.words ?? option.value;
  note.textContent = option.textContent;
  note.className = "small faint";
  if (option.disabled) row.setAttribute("aria-disabled", "true");
  row.append(words, note);
  return row;
}

// Before htmx asks for the first suggestions of a field that has just come, or has just been reached.
document.addEventListener("focusin", (event) => {
  if (event.target instanceof HTMLInputElement && event.target.matches("input[list][hx-get]")) upgrade(event.target);
}, true);

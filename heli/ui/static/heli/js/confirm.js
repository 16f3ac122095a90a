// data-confirm="question" asks before a link, button or form acts. One dialog serves the page.
let dialog = null;

function build(labels) {
  const made = document.createElement("dialog");
  made.className = "dialog";
  made.setAttribute("aria-labelledby", "confirm-question");
  const head = document.createElement("header");
  head.id = "confirm-question";
  const foot = document.createElement("footer");
  const no = document.createElement("button");
  const yes = document.createElement("button");
  no.type = yes.type = "button";
  no.className = "btn";
  yes.className = "btn btn-primary";
  no.textContent = labels.no;
  foot.append(no, yes);
  made.append(head, foot);
  no.addEventListener("click", () => made.close(""));
  yes.addEventListener("click", () => made.close("yes"));
  document.body.append(made);
  return { made, head, yes };
}

function ask(question, verb) {
  dialog ??= build({ no: document.body.dataset.cancel ?? "" });
  dialog.head.textContent = question;
  dialog.yes.textContent = verb;
  dialog.made.returnValue = "";
  dialog.made.showModal();
  return new Promise((answer) => {
    dialog.made.addEventListener("close", () => answer(dialog.made.returnValue === "yes"), { once: true });
  });
}

const verbOf = (element) => {
  const copy = element.cloneNode(true);
  copy.querySelectorAll("kbd, .sr").forEach((part) => part.remove());
  return copy.textContent.trim() || element.textContent.trim();
};

document.addEventListener("click", async (event) => {
  const element = event.target instanceof Element ? event.target.closest("[data-confirm]") : null;
  if (!element || element.dataset.confirmed || element.hasAttribute("hx-get") || element.hasAttribute("hx-post")) return;
  event.preventDefault();
  event.stopPropagation();
  if (!(await ask(element.dataset.confirm, verbOf(element)))) {
    element.focus();
    return;
  }
  element.dataset.confirmed = "1";
  element.click();
  delete element.dataset.confirmed;
}, true);

// htmx waits for the answer through its own event
document.addEventListener("htmx:confirm", async (event) => {
  const element = event.detail.elt;
  if (!element.dataset.confirm) return;
  event.preventDefault();
  if (await ask(element.dataset.confirm, verbOf(element))) event.detail.issueRequest(true);
});

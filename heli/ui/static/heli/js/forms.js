// Small help in forms: filters that go on change, "check all", no double sending, errors in focus.
document.addEventListener("change", (event) => {
  const form = event.target instanceof Element ? event.target.closest("form[data-auto]") : null;
  if (form && !(event.target instanceof HTMLInputElement && ["text", "search"].includes(event.target.type))) form.requestSubmit();
  const all = event.target instanceof Element ? event.target.closest("[data-check-all]") : null;
  if (!all) return;
  all.closest("table")?.querySelectorAll("tbody input[type=checkbox]").forEach((box) => {
    box.checked = all.checked;
    box.closest("tr")?.classList.toggle("on", box.checked);
  });
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  const button = event.submitter ?? form.querySelector("[type=submit]");
  button?.setAttribute("aria-busy", "true");
  setTimeout(() => { // a download leaves the page where it is
    delete form.dataset.sent;
    button?.removeAttribute("aria-busy");
  }, 6000);
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  });
});

document.querySelector(".form-errors[data-focus]")?.focus();

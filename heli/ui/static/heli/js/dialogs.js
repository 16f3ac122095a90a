// Native dialogs: data-opens="id" opens, data-closes closes. Menus (details.menu) close on Escape and outside.
function open(dialog, opener) {
  if (dialog.open) return;
  dialog.showModal();
  dialog.dispatchEvent(new CustomEvent("heli:dialog", { bubbles: true }));
  dialog.addEventListener("close", () => opener?.focus?.(), { once: true });
}

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const opener = target?.closest("[data-opens]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.opens);
    if (dialog) {
      event.preventDefault();
      open(dialog, opener);
    }
    return;
  }
  const closer = target?.closest("[data-closes]");
  if (closer) {
    event.preventDefault();
    closer.closest("dialog")?.close();
    return;
  }
  if (target instanceof HTMLDialogElement && target.open) target.close(); // the backdrop
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (!menu.contains(target)) menu.open = false;
  });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  });
});

document.querySelectorAll("dialog[open]").forEach((dialog) => {
  dialog.close(); // the server showed it without scripts; now it can be modal
  open(dialog, null);
});
document.addEventListener("htmx:afterSwap", (event) => {
  event.target.querySelectorAll?.("dialog[data-show]").forEach((dialog) => open(dialog, document.activeElement));
});

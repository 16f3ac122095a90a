// Native dialogs: data-opens="id" opens, data-closes closes. Menus (details.menu) open by arrow, close on Escape and outside.
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

// Arrows walk through a menu; from its closed head, down opens it.
document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const menu = step && event.target.closest?.("details.menu");
  if (!menu || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) || (!menu.open && step < 0)) return;
  event.preventDefault();
  menu.open = true;
  const entries = [...menu.querySelectorAll(".menu-body :is(a[href], button)")].filter((one) => one.getClientRects().length);
  const at = entries.indexOf(event.target);
  const next = at < 0 ? (step > 0 ? 0 : entries.length - 1) : (at + step + entries.length) % entries.length;
  entries[next]?.focus();
});

document.querySelectorAll("dialog[open]").forEach((dialog) => {
  dialog.close(); // the server showed it without scripts; now it can be modal
  open(dialog, null);
});
document.addEventListener("htmx:afterSwap", (event) => {
  event.target.querySelectorAll?.("dialog[data-show]").forEach((dialog) => open(dialog, document.activeElement));
});

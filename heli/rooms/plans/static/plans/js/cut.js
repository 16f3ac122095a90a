// A free cut: the caret in the words of the paper says where the second item begins.
// Without this module the places between clauses can be chosen from the list.
document.querySelectorAll(".split-acts [data-needs-script]").forEach((element) => { element.hidden = false; });

function choose({ target }) {
  const form = target.closest?.("form[data-cut]");
  if (!form || target.tagName !== "TEXTAREA") return;
  const select = form.querySelector("select");
  const at = target.selectionStart;
  const rest = target.value.slice(at);
  if (!rest.trim() || !target.value.slice(0, at).trim()) return;
  let option = [...select.options].find((each) => Number(each.value) === at);
  if (!option) {
    select.querySelector("[data-free]")?.remove();
    const words = rest.replace(/\s+/g, " ").trim().slice(0, 24);
    option = new Option(select.dataset.before.replace("{}", words), at);
    option.dataset.free = "";
    select.prepend(option);
  }
  option.selected = true;
}
["click", "keyup", "select"].forEach((kind) => document.addEventListener(kind, choose));

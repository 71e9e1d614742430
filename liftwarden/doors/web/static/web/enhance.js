// Small comforts; every page works without them.
(function () {
  "use strict";

  function each(selector, act) {
    document.querySelectorAll(selector).forEach(act);
  }

  // A form that asks to be sent as soon as a choice changes (filters).
  each("form[data-auto]", function (form) {
    form.addEventListener("change", function () { form.requestSubmit(); });
  });

  // One tick for all the lines of a list.
  each("[data-all]", function (all) {
    all.hidden = false;
    all.querySelector("input").addEventListener("change", function (event) {
      each("input[name='" + all.dataset.all + "']", function (one) { one.checked = event.target.checked; });
    });
  });

  // Print buttons appear only where there is a script to print with.
  each("[data-print]", function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });

  // A form is sent once.
  each("form[method='post']", function (form) {
    form.addEventListener("submit", function () {
      window.setTimeout(function () {
        form.querySelectorAll("button").forEach(function (button) { button.disabled = true; });
      }, 0);
    });
  });

  // A page that the browser kept and shows again may be sent again: its key makes sure that nothing is done twice.
  window.addEventListener("pageshow", function () {
    each("form[method='post'] button", function (button) { button.disabled = false; });
  });

  // The own-menu closes on Escape and on a click elsewhere.
  each("details.self", function (menu) {
    document.addEventListener("keydown", function (event) {
      if (event.key === "Escape" && menu.open) { menu.open = false; menu.querySelector("summary").focus(); }
    });
    document.addEventListener("click", function (event) {
      if (menu.open && !menu.contains(event.target)) { menu.open = false; }
    });
  });
})();

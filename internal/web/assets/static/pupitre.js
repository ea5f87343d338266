// Pupitre : confort dans le navigateur. Chaque page marche sans ce fichier.
// Les éléments se déclarent par attributs data-* ; tout passe par des écouteurs
// posés sur le document, pour valoir aussi dans une page remplacée sur place.
(() => {
  "use strict";

  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

  // ── À l'arrivée d'une page ────────────────────────────────────────────────

  // Vaut pour la page entière, ou pour le fragment que htmx vient de poser.
  function prepare(root = document) {
    $$("[data-avec-script]", root).forEach((element) => { element.hidden = false; });
    $$("input[data-afficher]", root).forEach(addReveal);
    $$("form[data-cle]", root).forEach(offerKey);
    $$("span[data-met]", root).forEach(offerField);
    $$("[data-en-vue]", root).forEach(tellInSight);
    showKeysState();
    checkAll();
    $("[data-foyer]", root)?.focus();
    // Un formulaire refusé est la réponse à un envoi : son entrée de l'historique
    // devient une simple lecture, pour que « Précédent » y revienne sans erreur.
    if ($('[role="alert"][data-foyer]', root)) history.replaceState(history.state, "", location.href);
  }

  // ── Dit de soi-même qu'il est en vue ──────────────────────────────────────

  // Une page préparée d'avance par le navigateur, ou dans un onglet qu'on n'a
  // pas ouvert, attend d'être regardée.
  function tellInSight(element) {
    if (!window.htmx) return;
    if (document.visibilityState === "visible") {
      window.htmx.process(element);
      window.htmx.trigger(element, "en-vue");
    } else document.addEventListener("visibilitychange", () => tellInSight(element), { once: true });
  }

  // ── Mot de passe : « Afficher » ───────────────────────────────────────────

  function addReveal(input) {
    if (input.dataset.afficher === "pret") return;
    input.dataset.afficher = "pret";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "bouton nu mince afficher";
    button.setAttribute("aria-controls", input.id);
    const word = document.createElement("span");
    const rest = document.createElement("span");
    rest.className = "lecteur";
    const label = $(`label[for="${CSS.escape(input.id)}"]`);
    rest.textContent = `\u202f: ${label ? label.firstChild.textContent.trim() : "mot de passe"}`;
    word.textContent = "Afficher";
    button.append(word, rest);
    button.addEventListener("click", () => {
      const shown = input.type === "text";
      input.type = shown ? "password" : "text";
      word.textContent = shown ? "Afficher" : "Masquer";
    });
    input.after(button);
    // Caché de nouveau à l'envoi, pour que le navigateur le reconnaisse.
    if (input.form) input.form.addEventListener("submit", () => { input.type = "password"; });
  }

  // ── Champ à mettre dans un texte ──────────────────────────────────────────

  // Le nom du champ devient un bouton qui le met là où l'on écrit.
  function offerField(name) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = name.className;
    button.textContent = name.textContent;
    button.addEventListener("click", () => {
      const text = document.getElementById(name.dataset.met);
      text.setRangeText(button.textContent, text.selectionStart, text.selectionEnd, "end");
      text.focus();
      text.dispatchEvent(new Event("change", { bubbles: true }));
    });
    name.replaceWith(button);
  }

  // ── Clé d'accès ───────────────────────────────────────────────────────────

  // Le formulaire n'apparaît que là où le navigateur sait faire des clés.
  function offerKey(form) {
    const able = window.PublicKeyCredential && PublicKeyCredential.parseCreationOptionsFromJSON && PublicKeyCredential.parseRequestOptionsFromJSON;
    form.hidden = !able;
  }

  async function askKey(event) {
    const form = event.target.closest("form[data-cle]");
    if (!form || form.elements.reponse.value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const status = $('[role="status"]', form);
    status.textContent = "Suivez ce que demande l’appareil…";
    try {
      const options = JSON.parse(form.dataset.cleOptions);
      const answer = form.dataset.cle === "creer"
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
      form.elements.reponse.value = JSON.stringify(answer.toJSON());
      form.requestSubmit();
    } catch {
      status.textContent = "La clé d’accès n’a pas répondu. Recommencez, ou utilisez un code.";
    }
  }

  // ── Un envoi à la fois ────────────────────────────────────────────────────

  const HOLD = 5000; // millisecondes pendant lesquelles un second clic est ignoré
  const sentAt = new WeakMap();

  function guard(event) {
    const form = event.target;
    if (form.method !== "post") return;
    const now = Date.now();
    if (now - (sentAt.get(form) || 0) < HOLD) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    sentAt.set(form, now);
  }

  // ── Envoi d'un fichier avec avancement ────────────────────────────────────

  function upload(event) {
    const form = event.target;
    if (!form.matches("form[data-envoi]") || event.defaultPrevented) return;
    const chosen = $$('input[type="file"]', form).some((input) => input.files.length > 0);
    if (!chosen) return;
    event.preventDefault();
    const heavy = tooHeavy(form);
    if (heavy) {
      sentAt.delete(form);
      showFieldError(heavy.input, heavy.text);
      return;
    }
    const progress = uploadProgress(form);
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (e) => {
      if (e.lengthComputable) progress.show(Math.floor((e.loaded * 100) / e.total));
    });
    request.upload.addEventListener("load", () => progress.say("Vérification du fichier…"));
    request.addEventListener("load", () => {
      const type = request.getResponseHeader("Content-Type") || "";
      if (type.startsWith("text/html")) showPage(request.responseText, request.responseURL);
      else progress.fail(form, "L’école n’a pas pu recevoir le fichier. Réessayez dans un instant.");
    });
    const lost = () => progress.fail(form, "Connexion perdue. Le fichier n’est pas parti : réessayez.");
    request.addEventListener("error", lost);
    request.addEventListener("abort", lost);
    request.open("POST", form.action);
    request.send(formData(form, event.submitter));
  }

  // Le premier fichier trop lourd : son champ et la phrase à dire, ou null.
  function tooHeavy(form) {
    for (const input of $$('input[type="file"][data-max]', form)) {
      const file = [...input.files].find((f) => f.size > Number(input.dataset.max));
      if (file) {
        return { input, text: `${file.name} pèse ${megabytes(file.size)}\u202f: ${megabytes(input.dataset.max)} au maximum. Prenez plutôt le document en photo, ou réduisez le fichier.` };
      }
    }
    return null;
  }

  // Arrondi au-dessus : un fichier trop lourd ne s'affiche jamais comme permis.
  function megabytes(bytes) {
    return `${(Math.ceil((bytes * 10) / 1048576) / 10).toLocaleString("fr")}\u00a0Mo`;
  }

  // ── Message au champ ──────────────────────────────────────────────────────
  // Le même que celui que le serveur écrit : rouge, décrit le champ, qui prend le focus.

  function showFieldError(input, text) {
    clearFieldError(input);
    const message = document.createElement("p");
    message.className = "erreur";
    message.id = `${input.id}-e`;
    const announced = document.createElement("span");
    announced.setAttribute("role", "alert");
    message.append(announced);
    input.before(message);
    input.closest(".champ, .depot")?.classList.add("faux");
    input.setAttribute("aria-invalid", "true");
    const described = (input.getAttribute("aria-describedby") || "").split(" ").filter(Boolean);
    input.setAttribute("aria-describedby", [message.id, ...described.filter((id) => id !== message.id)].join(" "));
    announced.textContent = text;
    input.focus({ preventScroll: true });
    message.scrollIntoView({ block: "center" });
  }

  function clearFieldError(input) {
    document.getElementById(`${input.id}-e`)?.remove();
    input.closest(".champ, .depot")?.classList.remove("faux");
    input.removeAttribute("aria-invalid");
  }

  function formData(form, submitter) {
    const data = new FormData(form);
    if (submitter && submitter.name) data.append(submitter.name, submitter.value);
    return data;
  }

  function uploadProgress(form) {
    let box = $("[data-envoi-etat]", form);
    if (!box) {
      box = document.createElement("div");
      box.className = "carte pile-s";
      box.dataset.envoiEtat = "";
      box.innerHTML =
        '<p role="status" class="chiffre"></p>' +
        '<progress class="barre-envoi" max="100" value="0" aria-label="Envoi du fichier"></progress>';
      form.append(box);
    }
    box.hidden = false;
    const status = $('[role="status"]', box);
    const bar = $("progress", box);
    let said = -1;
    const say = (text) => { status.textContent = text; };
    say("Envoi du fichier…");
    return {
      say,
      show(percent) {
        bar.value = percent;
        // Dit tous les quarts seulement : un lecteur d'écran n'est pas noyé.
        const step = Math.floor(percent / 25);
        if (step !== said) { said = step; say(`Envoi du fichier : ${percent}\u00a0%`); }
      },
      fail(failed, text) {
        bar.value = 0;
        say(text);
        sentAt.delete(failed);
        box.scrollIntoView({ block: "center" });
      },
    };
  }

  let shownPath = null; // chemin d'une page affichée sur place, sinon null

  // La réponse (page suivante ou page d'erreur) remplace la page affichée.
  function showPage(html, url) {
    const page = new DOMParser().parseFromString(html, "text/html");
    document.title = page.title;
    document.body.replaceWith(document.adoptNode(page.body));
    if (url && url !== location.href) history.pushState({ pupitre: true }, "", url);
    shownPath = location.pathname;
    if (window.htmx) window.htmx.process(document.body);
    window.scrollTo(0, 0);
    prepare();
    if (!$("[data-foyer]")) $("main")?.focus();
  }

  // ── Raccourcis clavier ────────────────────────────────────────────────────

  const KEYS_OFF = "pupitre.raccourcis";

  function keysAreOff() {
    try { return localStorage.getItem(KEYS_OFF) === "non"; } catch { return false; }
  }

  function toggleKeys() {
    try {
      if (keysAreOff()) localStorage.removeItem(KEYS_OFF);
      else localStorage.setItem(KEYS_OFF, "non");
    } catch { /* navigation privée : le choix ne vaut pas au-delà de la page */ }
    showKeysState();
  }

  function showKeysState() {
    $$("[data-raccourcis]").forEach((button) => {
      button.textContent = keysAreOff() ? "Activer les raccourcis" : "Désactiver les raccourcis";
    });
  }

  function inField(element) {
    if (!element || !element.closest) return false;
    if (element.isContentEditable) return true;
    const field = element.closest("input, select, textarea");
    return Boolean(field) && !["checkbox", "radio", "button", "submit"].includes(field.type);
  }

  function onKey(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (inField(event.target) || $("dialog[open]") || keysAreOff()) return;
    const key = event.key.toLowerCase();
    // Une touche tenue descend dans la liste, mais ne décide qu'une fois.
    if (event.repeat && key !== "j" && key !== "k") return;
    if (key.length === 1 && act(key)) event.preventDefault();
  }

  // Renvoie vrai quand la touche a servi.
  function act(key) {
    if (key === "/") return focusSearch();
    if (key === "?") return openKeys();
    if (key === "j" || key === "k") {
      if ($("table[data-file]")) return moveRow(key === "j" ? 1 : -1);
    }
    if (key === "x" && toggleRow()) return true;
    const named = `[data-touche="${CSS.escape(key)}"]`;
    const row = currentRow(); // dans un tableau, la touche vaut pour la ligne où l'on est
    const target = (row && $$(named, row).find(usable)) || $$(named).find(usable);
    if (!target) return false;
    const closed = target.closest("details:not([open])");
    if (closed) closed.open = true;
    target.focus();
    target.click();
    // Un choix peut mener au champ qu'il demande de remplir.
    if (target.dataset.vers) document.getElementById(target.dataset.vers)?.focus();
    return true;
  }

  function usable(element) {
    return !element.disabled && !element.closest("[hidden]");
  }

  function focusSearch() {
    const field = $("[data-recherche]") || $('input[type="search"]');
    if (!field) return false;
    field.focus();
    field.select();
    return true;
  }

  function openKeys() {
    const dialog = $("dialog#touches");
    if (!dialog) return false;
    dialog.showModal();
    return true;
  }

  // ── Lignes d'un tableau : J, K, X ─────────────────────────────────────────

  function rows() { return $$("table[data-file] tbody tr").filter((row) => $("a, button, input", row)); }
  function currentRow() { return document.activeElement.closest("table[data-file] tbody tr") || $("table[data-file] tbody tr.ici"); }

  function moveRow(step) {
    const all = rows();
    if (all.length === 0) return false;
    const at = all.indexOf(currentRow());
    const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1);
    all.forEach((row) => row.classList.toggle("ici", row === all[next]));
    const link = $("[data-ligne]", all[next]) || $("a", all[next]) || $("button, input", all[next]);
    link.focus();
    link.scrollIntoView({ block: "nearest" });
    return true;
  }

  // Entrée dans une cellule à remplir descend d'une ligne, sans rien envoyer.
  function nextCell(cell) {
    const cells = $$("input.cellule");
    const next = cells[cells.indexOf(cell) + 1];
    if (next) { next.focus(); next.select(); } else cell.blur();
  }

  function toggleRow() {
    const row = currentRow();
    const box = row && $('input[type="checkbox"]', row);
    if (!box) return false;
    box.click();
    return true;
  }

  // ── Tout cocher ───────────────────────────────────────────────────────────

  function boxesOf(all) {
    const scope = all.closest("table, fieldset, form");
    return $$(`input[type="checkbox"][name="${CSS.escape(all.dataset.tout)}"]`, scope).filter((box) => !box.disabled);
  }

  function checkAll(changed) {
    if (changed?.dataset.tout) boxesOf(changed).forEach((box) => { box.checked = changed.checked; });
    $$("input[data-tout]").forEach((all) => {
      const boxes = boxesOf(all);
      const count = boxes.filter((box) => box.checked).length;
      all.checked = boxes.length > 0 && count === boxes.length;
      all.indeterminate = count > 0 && count < boxes.length;
      const form = all.closest("form") ?? document;
      $$(`[data-compte="${CSS.escape(all.dataset.tout)}"]`, form).forEach((text) => { text.textContent = String(count); });
      $$(`[data-somme="${CSS.escape(all.dataset.tout)}"]`, form).forEach((text) => {
        const cents = boxes.filter((box) => box.checked).reduce((sum, box) => sum + Number(box.dataset.centimes), 0);
        text.textContent = (cents / 100).toLocaleString("fr-FR", { style: "currency", currency: "EUR" });
      });
    });
  }

  // ── Listes qui s'envoient seules ──────────────────────────────────────────
  // À la souris ou au doigt seulement : au clavier, parcourir une liste ne doit
  // pas changer de page. Entrée ou le bouton voisin envoient.

  let byKeyboard = false;

  function autoSubmit(select) {
    if (select.matches("select[data-auto-submit]") && !byKeyboard) select.form?.requestSubmit();
  }

  // ── Écouteurs ─────────────────────────────────────────────────────────────

  document.addEventListener("submit", askKey, true);
  document.addEventListener("submit", guard, true);
  document.addEventListener("submit", upload);
  document.addEventListener("pointerdown", () => { byKeyboard = false; }, true);
  document.addEventListener("keydown", (event) => {
    byKeyboard = true;
    if (event.key === "Enter" && event.target.matches?.("select[data-auto-submit]")) {
      event.preventDefault();
      event.target.form?.requestSubmit();
      return;
    }
    if (event.key === "Enter" && event.target.matches?.("input.cellule")) {
      event.preventDefault();
      nextCell(event.target);
      return;
    }
    onKey(event);
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches('input[type="checkbox"]')) checkAll(event.target);
    if (event.target.matches('input[type="file"]')) clearFieldError(event.target);
    autoSubmit(event.target);
  });
  document.addEventListener("click", (event) => {
    const target = event.target.closest?.("[data-imprimer], [data-raccourcis], [data-ouvre-touches]");
    if (!target) return;
    if (target.matches("[data-imprimer]")) window.print();
    if (target.matches("[data-raccourcis]")) toggleKeys();
    if (target.matches("[data-ouvre-touches]")) openKeys();
  });
  document.addEventListener("htmx:afterSettle", (event) => prepare(event.target));
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest?.("form");
    if (form) sentAt.delete(form);
  });
  window.addEventListener("popstate", () => {
    if (shownPath !== null && location.pathname !== shownPath) location.reload();
  });
  // Page reprise du cache par « Précédent » : ses formulaires peuvent repartir.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) $$("form").forEach((form) => sentAt.delete(form));
  });

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => prepare());
  else prepare();
})();

// Keeps the moving parts of the page fresh. The page works without it.
(() => {
  const main = document.getElementById("main");
  const address = main.dataset.parts;
  const shown = {};
  let timer = 0;
  let started = false;
  let quick = false;
  let seen = "";

  // Put fresh markup into a part, and keep the focus where it was.
  const put = (id, markup) => {
    const part = document.getElementById(id);
    if (!part || shown[id] === markup) return;
    shown[id] = markup;
    if (id === "call") delete shown.captions;
    const held = part.contains(document.activeElement) ? document.activeElement.id : "";
    const open = new Set([...part.querySelectorAll("details[open] time")].map((time) => time.dateTime));
    part.innerHTML = markup;
    for (const details of part.querySelectorAll("details")) {
      if (open.has(details.parentElement.querySelector("time")?.dateTime)) details.open = true;
    }
    const again = held && document.getElementById(held);
    const next = again || (held && (part.querySelector("button") || document.getElementById("body")));
    if (next) next.focus({ preventScroll: true });
    if (id === "captions") part.scrollTop = part.scrollHeight;
    if (id === "thread" && started) part.querySelector(".thread-inner > :last-child, .letters > .letter")?.classList.add("arrived");
  };

  const look = async () => {
    clearTimeout(timer);
    try {
      const answer = await fetch(`${address}&seen=${encodeURIComponent(seen)}`);
      if (answer.status === 200) {
        const fresh = await answer.json();
        ({ seen, quick = false } = fresh);
        document.title = fresh.title;
        for (const [id, markup] of Object.entries(fresh.parts)) put(id, markup);
        started = true;
      }
      document.documentElement.classList.remove("lost");
    } catch {
      document.documentElement.classList.add("lost");
    }
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(look, quick ? 500 : 1000);
  };

  const say = (sentence) => {
    const problem = document.getElementById("problem");
    if (problem) problem.textContent = sentence;
  };

  const send = async (event) => {
    const form = event.target;
    if ("plain" in form.dataset) return;
    event.preventDefault();
    const button = event.submitter;
    const to = button?.getAttribute("formaction") || form.getAttribute("action");
    const values = new URLSearchParams(new FormData(form));
    if (button?.name) values.set(button.name, button.value);
    try {
      const answer = await fetch(to, { method: "POST", body: values, headers: { Accept: "application/json" } });
      say(answer.ok ? "" : (await answer.json()).error);
      if (answer.ok && !to.endsWith("/ring")) for (const box of form.querySelectorAll("#body, #words")) box.value = "";
    } catch {
      say("The phone network does not answer. Your words are still here.");
    }
    await look();
  };

  document.documentElement.classList.add("lively");
  document.addEventListener("submit", send);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
  // With the focus on the keypad, the keyboard's own digits press its keys.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !event.target.closest(".keypad")) return;
    const name = { "*": "star", "#": "hash" }[event.key] || event.key;
    const key = /^(\d|star|hash)$/.test(name) && document.getElementById(`key-${name}`);
    if (key) { key.focus(); key.click(); }
  });
  const body = document.getElementById("body");
  body?.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      body.form.requestSubmit();
    }
  });
  look();
})();

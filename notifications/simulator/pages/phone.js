// Keeps the moving parts of the page fresh. The page works without it.
(() => {
  const main = document.getElementById("main");
  const address = main.dataset.parts;
  const shown = {};
  let timer = 0;
  let quick = false;

  const put = (id, markup) => {
    const part = document.getElementById(id);
    if (!part || shown[id] === markup) return;
    const first = !(id in shown);
    shown[id] = markup;
    if (first && part.innerHTML.trim() === markup.trim()) return;
    const held = part.contains(document.activeElement) ? document.activeElement.id : "";
    const typed = held && "value" in document.activeElement ? document.activeElement.value : "";
    part.innerHTML = markup;
    const again = held && document.getElementById(held);
    if (again) {
      if (again.tagName === "INPUT") again.value = typed;
      again.focus({ preventScroll: true });
    }
    for (const list of part.querySelectorAll(".captions")) list.scrollTop = list.scrollHeight;
  };

  const look = async () => {
    clearTimeout(timer);
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      const fresh = await answer.json();
      quick = Boolean(fresh.quick);
      for (const [id, markup] of Object.entries(fresh.parts)) put(id, markup);
      document.documentElement.classList.remove("lost");
    } catch {
      document.documentElement.classList.add("lost");
    }
    if (!document.hidden) timer = setTimeout(look, quick ? 600 : 1200);
  };

  const send = async (event) => {
    const form = event.target;
    const button = event.submitter;
    const to = (button && button.getAttribute("formaction")) || form.getAttribute("action");
    const values = new URLSearchParams(new FormData(form));
    if (button && button.name) values.set(button.name, button.value);
    event.preventDefault();
    const answer = await fetch(to, { method: "POST", body: values });
    if (!answer.ok) {
      document.open();
      document.write(await answer.text());
      document.close();
      return;
    }
    for (const box of form.querySelectorAll("textarea, input")) box.value = "";
    await look();
  };

  document.documentElement.classList.add("lively");
  document.addEventListener("submit", send);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
  const body = document.getElementById("body");
  if (body) body.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); body.form.requestSubmit(); }
  });
  timer = setTimeout(look, 600);
})();

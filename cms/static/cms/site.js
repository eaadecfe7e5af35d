// The whole of our script: ways to read, leaving quickly, printing, passkeys, and leading to what needs changing. Every page works without it.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");
  const reading = /(?:^|; )reading=([a-z.]+)/.exec(document.cookie);
  for (const way of reading ? reading[1].split(".") : []) {
    if (way === "light" || way === "dark") root.dataset.theme = way;
    else if (way) root.classList.add(`reading-${way}`);
  }

  const exit = document.querySelector("[data-quick-exit]");
  const leave = () => {
    document.body.hidden = true;
    window.location.replace(exit.href);
  };
  let shifts = [];
  if (exit) {
    exit.addEventListener("click", (press) => { press.preventDefault(); leave(); });
    document.addEventListener("keyup", (key) => {
      if (key.key !== "Shift") { shifts = []; return; }
      shifts = [...shifts, key.timeStamp].filter((then) => key.timeStamp - then < 2000);
      if (shifts.length >= 3) leave();
    });
  }

  document.addEventListener("click", (press) => {
    if (press.target.closest("[data-print]")) window.print();
    document.querySelectorAll(".crisis[open], .more[open]").forEach((sheet) => {
      if (!sheet.contains(press.target)) sheet.open = false;
    });
  });
  document.addEventListener("keydown", (key) => {
    const sheet = key.key === "Escape" && document.querySelector(".crisis[open], .more[open]");
    if (sheet) {
      sheet.open = false;
      sheet.querySelector("summary").focus();
    }
  });

  const passkey = document.querySelector("[data-passkey]");
  if (passkey && window.PublicKeyCredential) {
    const asks = passkey.querySelector("[data-passkey-asks]");
    const failed = passkey.querySelector("[data-passkey-failed]");
    const say = (didFail) => { asks.hidden = didFail; failed.hidden = !didFail; };
    passkey.hidden = false;
    passkey.querySelector("button").addEventListener("click", () => say(false));
    document.addEventListener("allauth.error", (told) => { told.preventDefault(); say(true); });
  }

  const wrong = document.querySelector("[data-focus]");
  if (wrong) wrong.focus();
})();

// Before anything is drawn, so that a page that was made dark does not flash.
try {
  const theme = localStorage.getItem("millrace.theme");
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
} catch {
  // Without storage the system decides.
}

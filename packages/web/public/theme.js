// Before anything is drawn, so that a page that was made dark does not flash, and rows do not move.
try {
  const theme = localStorage.getItem("millrace.theme");
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
  const density = localStorage.getItem("millrace.density");
  if (density === "compact") document.documentElement.dataset.density = density;
} catch {
  // Without storage the system decides.
}

/** How the page of the API looks: light and dark, on phones, and printed. */
export const pageStyle = `
  :root {
    color-scheme: light dark;
    --line: light-dark(#d9dce3, #3a3e48);
    --ground: light-dark(#ffffff, #15171c);
    --raised: light-dark(#f3f4f8, #1f2229);
    --text: light-dark(#1a1c21, #eceef2);
    --soft: light-dark(#50576a, #a9b0c0);
    --link: light-dark(#1d4fb8, #8fb4ff);
  }
  * { box-sizing: border-box; }
  html { scroll-padding-top: 16px; }
  body {
    display: grid;
    grid-template: 'header header' auto 'nav main' 1fr / 190px minmax(0, 1fr);
    gap: 0 40px;
    max-width: 1100px;
    margin: 0 auto;
    padding: 32px 24px 96px;
    background: var(--ground);
    color: var(--text);
    font: 16px/1.5 system-ui, sans-serif;
  }
  header { grid-area: header; max-width: 75ch; }
  nav { grid-area: nav; }
  main { grid-area: main; }
  nav ul { position: sticky; top: 16px; margin: 40px 0 0; padding: 0; list-style: none; }
  nav li { padding: 4px 0; }
  h1 { margin: 0 0 8px; font-size: 28px; }
  h2 { margin: 32px 0 0; font-size: 22px; }
  h3 { margin: 0; font-size: 16px; overflow-wrap: anywhere; }
  h4 { margin: 16px 0 4px; font-size: 14px; color: var(--soft); }
  p { margin: 8px 0; }
  article { margin: 16px 0; padding: 16px; border: 1px solid var(--line); border-radius: 8px; }
  article:target, tr:target { background: var(--raised); }
  a { color: var(--link); }
  h3 a { color: inherit; text-decoration: none; }
  h3 a:hover { text-decoration: underline; }
  code { font: 0.9em ui-monospace, monospace; }
  small, summary { color: var(--soft); font-size: 14px; }
  summary { cursor: pointer; }
  details ul { margin: 8px 0; }
  .table { overflow-x: auto; margin: 8px 0; }
  table { width: 100%; border-collapse: collapse; font-size: 14px; }
  th, td { padding: 6px 12px 6px 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top; }
  thead th { border-top: 0; color: var(--soft); font-weight: 600; }
  td:first-child { white-space: nowrap; }
  th:nth-child(-n + 2) { width: 30%; }
  :focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
  @media (max-width: 720px) {
    body { display: block; padding: 16px 16px 64px; }
    nav ul { position: static; display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 16px 0; }
    article { padding: 12px; }
  }
`

/** The frame of every page: HTML 4 in EUC-JP, as the real screens are. */
import iconv from 'iconv-lite'

const title = '国立情報学研究所 電子証明書自動発行支援システム'

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => entities[character] ?? character)

const document = (doctype: string, content: string) => `<!DOCTYPE HTML PUBLIC "${doctype}">
<html lang="ja">
<head>
<meta http-equiv="Content-Type" content="text/html; charset=EUC-JP">
<title>${title}</title>
</head>
${content}
</html>
`

/** A page with this content in its body. */
export const page = (body: string): string =>
  document('-//W3C//DTD HTML 4.01 Transitional//EN', `<body>\n${body}\n</body>`)

export const frameSetPage = (frames: string): string => document('-//W3C//DTD HTML 4.01 Frameset//EN', frames)

export const encodePage = (html: string): Buffer => iconv.encode(html, 'EUC-JP')

/** A page that only says something, with its heading. */
export const messagePage = (heading: string, message: string): string =>
  page(`<h2>${escapeHtml(heading)}</h2>\n<p>${escapeHtml(message)}</p>`)

export const hiddenField = (name: string, value: string): string =>
  `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`

export const table = (headings: readonly string[], rows: readonly (readonly string[])[]): string => {
  const cells = (tag: 'th' | 'td', texts: readonly string[]) =>
    `<tr>${texts.map((text) => `<${tag}>${text}</${tag}>`).join('')}</tr>`
  return `<table border="1">\n${[cells('th', headings), ...rows.map((row) => cells('td', row))].join('\n')}\n</table>`
}

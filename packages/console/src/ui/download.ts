/** Gives the reader a file made in the page. */
export function download(name: string, content: BlobPart, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser has taken the content by the next turn at the latest.
  setTimeout(() => URL.revokeObjectURL(url), 1000)
}

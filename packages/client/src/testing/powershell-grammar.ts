/** Whether a text is PowerShell, by the grammar of tree-sitter-powershell: a syntax check, nothing is run. */
import { createRequire } from 'node:module'
import { Language, Parser } from 'web-tree-sitter'

export async function loadPowerShellGrammar(): Promise<(script: string) => string[]> {
  await Parser.init()
  const wasm = createRequire(import.meta.url).resolve('tree-sitter-powershell/tree-sitter-powershell.wasm')
  const parser = new Parser().setLanguage(await Language.load(wasm))
  return (script) => {
    const root = parser.parse(script)?.rootNode
    if (!root?.hasError) return []
    const wrong = root.descendantsOfType('ERROR').map((node) => `${node.startPosition.row}: ${node.text}`)
    return wrong.length > 0 ? wrong : ['something is missing']
  }
}

/** The screens before an upload: frame set, left menu, upload form. docs/issuance-system.md, "Screens". */
import { screens, type Screen } from '../applications/kinds.js'
import { escapeHtml, frameSetPage, hiddenField, page } from './html.js'

export const root = '/upki-odcert/lra'

/** The one-time token of Struts forms. */
export const tokenField = 'org.apache.struts.taglib.html.TOKEN'

/** Choices of `errorFlg`; the first is what a browser preselects. */
export const errorModes = { abortAll: '0', registerFaultless: '1' } as const

export const frameSet = (): string =>
  frameSetPage(`<frameset cols="220,*">
<frame name="hidari" src="${root}/Menu.do">
<frame name="migi" src="${root}/Top.do">
</frameset>`)

const reportLinks = [
  ['syomeiDL_S_Srv.do', 'サーバ証明書 証明書情報一括ダウンロード'],
  ['syomeiDL_S_Cli.do', 'クライアント証明書 証明書情報一括ダウンロード'],
] as const

const menuTitle = ({ title, applyTypes }: Screen) =>
  `${title} ${Object.values(applyTypes)
    .map(({ label }) => label)
    .join('・')}`

const menuEntry = (screen: Screen) =>
  `<li><a href="#" onclick="go('${screen.menuCode}');return false">${escapeHtml(menuTitle(screen))}</a></li>`

export const menu = (token: string): string =>
  page(`<script type="text/javascript">
function go(code) { var f = document.forms['MainMenuForm']; f.forwardName.value = code; f.submit(); }
</script>
<form name="MainMenuForm" method="post" action="${root}/MainMenu.do" target="migi">
${hiddenField(tokenField, token)}
${hiddenField('forwardName', '')}
</form>
<ul>
${screens.map(menuEntry).join('\n')}
${reportLinks.map(([name, label]) => `<li><a href="${root}/${name}" target="migi">${label}</a></li>`).join('\n')}
</ul>`)

const applyTypeOptions = ({ applyTypes }: Screen) =>
  Object.entries(applyTypes)
    .map(([value, { label }]) => `<option value="${value}">${label}</option>`)
    .join('\n')

export const uploadForm = (screen: Screen, token: string): string =>
  page(`<h2>${escapeHtml(menuTitle(screen))}申請画面</h2>
<form name="${screen.menuCode}" method="post" action="${root}/${screen.menuCode}.do" enctype="multipart/form-data">
${hiddenField(tokenField, token)}
${hiddenField('forwardName', screen.menuCode)}
<p>処理内容 <select name="applyType">
${applyTypeOptions(screen)}
</select></p>
<p>エラー時の処理
<label><input type="radio" name="errorFlg" value="${errorModes.abortAll}" checked>全件処理を中断する</label>
<label><input type="radio" name="errorFlg" value="${errorModes.registerFaultless}">入力値不備のないデータのみ登録する</label></p>
<p>申請ファイル <input type="file" name="file"></p>
<p><input type="submit" value="申請"></p>
</form>`)

/**
 * The PowerShell that brings a certificate into IIS. Pure: values in, script out;
 * every value is quoted, none is ever part of the code. Windows PowerShell 5.1
 * with the modules PKI and WebAdministration, which come with Windows Server.
 */
import type { BindingAction } from './plan.js'
import { quotePowerShell as quote } from './quote.js'

/** Accounts by identifier: their names are translated on a Japanese Windows. */
const system = 'S-1-5-18'
const administrators = 'S-1-5-32-544'

/** Names of sites may be Japanese, and the console's own encoding is that of the country. */
const head = `$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 2.0
[Console]::OutputEncoding = New-Object System.Text.UTF8Encoding $false
`
const web = `${head}Import-Module WebAdministration
`

/** Says whether the web server runs, and lists its bindings, as JSON. */
export const renderList = () => `${web}$bindings = @(Get-ChildItem 'IIS:\\Sites' | ForEach-Object {
  $site = $_.Name
  $_.Bindings.Collection | Where-Object { $_.protocol -in 'http', 'https' } | ForEach-Object {
    $ip, $port, $name = $_.bindingInformation -split ':(?=[^:]*:[^:]*$)|:(?=[^:]*$)'
    [pscustomobject]@{
      site = $site; protocol = $_.protocol; ip = $ip; port = [int]$port; host = $name
      sni = [bool]($_.sslFlags -band 1); central = [bool]($_.sslFlags -band 2)
      thumbprint = [string]$_.certificateHash
    }
  }
})
$status = [string](Get-Service -Name 'W3SVC').Status
ConvertTo-Json -Compress -Depth 3 -InputObject @{ running = ($status -eq 'Running'); bindings = $bindings }
`

/** Lets the system and administrators alone into a folder; what ProgramData hands down would let every user read. */
export const renderProtect = (folder: string) => `${head}$folder = ${quote(folder)}
$acl = New-Object System.Security.AccessControl.DirectorySecurity
$acl.SetAccessRuleProtection($true, $false)
foreach ($sid in @(${quote(system)}, ${quote(administrators)})) {
  $account = New-Object System.Security.Principal.SecurityIdentifier -ArgumentList $sid
  $rule = New-Object System.Security.AccessControl.FileSystemAccessRule -ArgumentList $account, 'FullControl', 'ContainerInherit, ObjectInherit', 'None', 'Allow'
  $acl.AddAccessRule($rule)
}
Set-Acl -LiteralPath $folder -AclObject $acl
`

/** Imports the PFX, whose passphrase comes by standard input, into the machine's store; says the thumbprint. */
export const renderImport = (
  pfxPath: string,
) => `${head}$passphrase = ConvertTo-SecureString -AsPlainText -Force ([Console]::In.ReadLine())
$imported = Import-PfxCertificate -FilePath ${quote(pfxPath)} -CertStoreLocation 'Cert:\\LocalMachine\\My' -Password $passphrase
@($imported | Where-Object { $_.HasPrivateKey })[0].Thumbprint
`

/** Says True or False: a certificate leaves the store one renewal after it was replaced. */
export const renderIsStored = (thumbprint: string) =>
  `${head}Test-Path -LiteralPath ('Cert:\\LocalMachine\\My\\' + ${quote(thumbprint)})
`

/** Makes or changes the bindings; each is looked up again by site, address and host name, never by certificate. */
export const renderBind = (actions: readonly BindingAction[], thumbprint: string) =>
  `${web}$thumbprint = ${quote(thumbprint)}\n${actions.map(renderAction).join('')}`

const place = ({ site, ip, port, host }: BindingAction) =>
  `-Name ${quote(site)} -Protocol 'https' -IPAddress ${quote(ip)} -Port ${port} -HostHeader ${quote(host)}`

function renderAction(action: BindingAction): string {
  const { kind, site, ip, port, host } = action
  // A run that was killed may have made it already.
  const add =
    kind === 'add'
      ? `if ($null -eq (Get-WebBinding ${place(action)})) { New-WebBinding ${place(action)} -SslFlags 1 }\n`
      : ''
  return `${add}$binding = Get-WebBinding ${place(action)}
if ($null -eq $binding) { throw ('No binding: ' + ${quote(`${site} ${ip}:${port}:${host}`)}) }
$binding.AddSslCertificate($thumbprint, 'My')
`
}

/** The bindings as they were: with the certificate before, or gone. */
export const renderTakeBack = (actions: readonly BindingAction[]) =>
  `${web}${actions.map((action) => (action.kind === 'add' ? renderUnbind(action) : renderRebind(action))).join('')}`

const renderUnbind = (action: BindingAction) =>
  `if ($null -ne (Get-WebBinding ${place(action)})) { Remove-WebBinding ${place(action)} }\n`

/** A binding that had no certificate, or has gone since, has nothing to go back to. */
const renderRebind = (action: BindingAction) =>
  action.was === ''
    ? ''
    : `$binding = Get-WebBinding ${place(action)}
if ($null -ne $binding) { $binding.AddSslCertificate(${quote(action.was)}, 'My') }
`

/** Takes old certificates out of the store, with their keys; those that are gone already are no mistake. */
export const renderRemove = (thumbprints: readonly string[]) =>
  `${head}foreach ($thumbprint in @(${thumbprints.map(quote).join(', ')})) {
  $path = 'Cert:\\LocalMachine\\My\\' + $thumbprint
  if (Test-Path -LiteralPath $path) { Remove-Item -LiteralPath $path -DeleteKey }
}
`

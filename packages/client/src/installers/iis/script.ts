/**
 * The PowerShell that brings a certificate into IIS. Pure: values in, script out;
 * every value is quoted, none is ever part of the code. Windows PowerShell 5.1
 * with the modules PKI and WebAdministration, which come with Windows Server.
 */
import type { BindingAction } from './plan.js'
import { quotePowerShell as quote } from './quote.js'

/** Accounts by identifier: their names are translated on a Japanese Windows. */
export const administrators = 'S-1-5-32-544'
export const networkService = 'S-1-5-20'

const head = `$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 2.0
Import-Module WebAdministration
`

/** Lists bindings as JSON, for `planBindings`. */
export const renderList = () => `${head}@(Get-ChildItem IIS:\\Sites | ForEach-Object {
  $site = $_.Name
  $_.Bindings.Collection | Where-Object { $_.protocol -in 'http', 'https' } | ForEach-Object {
    $ip, $port, $name = $_.bindingInformation -split ':(?=[^:]*:[^:]*$)|:(?=[^:]*$)'
    [pscustomobject]@{
      site = $site; protocol = $_.protocol; ip = $ip; port = [int]$port; host = $name
      sni = [bool]($_.sslFlags -band 1); thumbprint = [string]$_.certificateHash
    }
  }
}) | ConvertTo-Json -Compress
`

/** Imports the PFX, whose passphrase comes by standard input, and lets only administrators and IIS read its key. */
export const renderImport = (
  pfxPath: string,
) => `${head}$passphrase = ConvertTo-SecureString -AsPlainText -Force ([Console]::In.ReadLine())
$certificate = Import-PfxCertificate -FilePath ${quote(pfxPath)} -CertStoreLocation 'Cert:\\LocalMachine\\My' -Password $passphrase
$key = [System.Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPrivateKey($certificate)
if ($null -eq $key) { $key = [System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions]::GetECDsaPrivateKey($certificate) }
$file = Join-Path $env:ProgramData ('Microsoft\\Crypto\\Keys\\' + $key.Key.UniqueName)
foreach ($sid in @(${quote(administrators)}, ${quote(networkService)})) {
  $account = New-Object System.Security.Principal.SecurityIdentifier $sid
  $acl = Get-Acl -LiteralPath $file
  $acl.AddAccessRule((New-Object System.Security.AccessControl.FileSystemAccessRule $account, 'Read', 'Allow'))
  Set-Acl -LiteralPath $file -AclObject $acl
}
$certificate.Thumbprint
`

/** Makes or changes the bindings; each is looked up again by site, address and host name, never by certificate. */
export const renderBind = (actions: readonly BindingAction[], thumbprint: string) =>
  `${head}$thumbprint = ${quote(thumbprint)}\n${actions.map(renderAction).join('')}`

function renderAction({ kind, site, ip, port, host }: BindingAction): string {
  const place = `-Name ${quote(site)} -Protocol 'https' -IPAddress ${quote(ip)} -Port ${port} -HostHeader ${quote(host)}`
  const add = kind === 'add' ? `New-WebBinding ${place} -SslFlags 1\n` : ''
  return `${add}$binding = Get-WebBinding ${place}
if ($null -eq $binding) { throw ('No binding: ' + ${quote(`${site} ${ip}:${port}:${host}`)}) }
$binding.AddSslCertificate($thumbprint, 'My')
`
}

/** Takes the old certificate out of the store, once the new one was seen on the wire. */
export const renderRemove = (thumbprint: string) =>
  `${head}Remove-Item -LiteralPath ${quote(`Cert:\\LocalMachine\\My\\${thumbprint}`)} -DeleteKey
`

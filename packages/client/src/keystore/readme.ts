/** The README files in `live/`, for whoever finds them by looking. */

export const liveReadme = `One folder here is one certificate; its README tells what the files are.
Configure servers with the paths in here: they stay the same when a
certificate is renewed. Do not move, rename or edit what is in here, and do
not copy single files elsewhere: a renewal would not reach the copies.
`

export const lineageReadme = `privkey.pem    the private key; it belongs to this machine alone
cert.pem       the server certificate
chain.pem      the certificates of the CAs above it
fullchain.pem  cert.pem and chain.pem together: what most servers want

All four are links to the newest version in ../../archive/. Nginx takes
fullchain.pem and privkey.pem, and so does Apache from 2.4.8.
`

/** Version of the client, as `--version` and the User-Agent say it; a test holds it equal to package.json. */
export const version = '0.1.0'

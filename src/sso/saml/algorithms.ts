const xmlenc = 'http://www.w3.org/2001/04/xmlenc#'
const xmlenc11 = 'http://www.w3.org/2009/xmlenc11#'
const more = 'http://www.w3.org/2001/04/xmldsig-more#'
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#'

/**
 * The algorithms that are accepted, each by its name: no SHA-1, no HMAC (with which a public key would be a shared
 * secret), no transform that computes (XSLT, XPath), no encryption that tells its key to who asks often enough.
 */
export const accepted = {
  signature: new Set([
    `${more}rsa-sha256`,
    `${more}rsa-sha512`,
    'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
  ]),
  digest: new Set([`${xmlenc}sha256`, `${xmlenc}sha512`]),
  // Documents with comments are refused, so the two say the same.
  canonicalization: new Set([exclusive, `${exclusive}WithComments`]),
  envelopedSignature: 'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
  encryption: new Set([`${xmlenc11}aes128-gcm`, `${xmlenc11}aes256-gcm`, `${xmlenc}aes128-cbc`, `${xmlenc}aes256-cbc`]),
  keyTransport: new Set([`${xmlenc}rsa-oaep-mgf1p`]),
}

/** What can be kept and shown of a text from outside. */
export const cut = (text: string, most: number) => [...text.toWellFormed().replaceAll('\0', '')].slice(0, most).join('')

const given =
  'Ada Alan Amara Anton Astrid Bao Bela Boris Carla Carmen Chidi Clara Dana David Diego Dora Edith Elias Emma Erik Esra Farah Felix Fiona Frida Gaia Goran Grace Greta Hana Hannes Hugo Ida Igor Imani Ines Ivan Jan Jana Jonas Julia Kaito Karim Kira Lara Lea Leon Lina Luca Maja Malik Mara Marco Mei Mila Milan Nadia Naomi Nico Nina Noor Olga Omar Oscar Pablo Paula Petra Priya Quentin Rania Ravi Rosa Ruben Sana Sara Selma Sofia Stefan Tariq Tara Theo Tom Uma Ursula Vera Viktor Wanda Wei Xenia Yara Yuki Zara'.split(
    ' ',
  )
const family =
  'Abebe Adler Almeida Andersen Aydin Bakker Barbosa Bauer Becker Bell Berg Bianchi Brandt Brown Byrne Carter Castro Chen Cohen Costa Cruz Dahl Davies Demir Diaz Dubois Dvorak Eder Eriksen Evans Fernandez Ferrari Fischer Fontaine Fraser Garcia Gomez Graf Gruber Gupta Haas Hansen Herrera Hoffmann Horvat Ito Ivanov Jansen Jensen Jovanovic Kaya Keller Khan Kim Klein Kovacs Kowalski Kumar Lambert Larsen Lee Lehmann Lopez Lund Maier Mancini Martin Mazur Meyer Moreau Moretti Mueller Nagy Nakamura Nguyen Novak Okafor Olsen Ortega Patel Pereira Petrov Popescu Quinn Ramos Reed Reyes Ricci Rossi Roux Ruiz Santos Sato Schmidt Schneider Silva Singh Smith Sousa Svensson Takeda Tanaka Torres Tran Urban Vargas Vidal Visser Vogel Wagner Walsh Weber White Wolf Wright Yilmaz Young Zhang Ziegler Zimmer'.split(
    ' ',
  )
const adjectives =
  'Amber Blue Bold Bright Calm Clear Copper Coral Crimson Daring Deep Eager Early Fair Fleet Gentle Golden Grand Green Honest Indigo Iron Ivory Keen Kind Lively Lucid Lunar Merry Mighty Noble North Open Patient Polar Prime Proud Quick Quiet Rapid Red Royal Silver Smart Solar Solid South Steady Stone Swift True Velvet Vivid Warm West Wild Wise Young'.split(
    ' ',
  )
const nouns =
  'Anchor Arrow Badger Bay Beacon Bridge Canyon Castle Cedar Cliff Cloud Comet Creek Crown Delta Dune Eagle Ember Falcon Field Finch Forest Forge Fox Garden Gate Glacier Grove Harbor Hawk Hill Island Juniper Lake Lantern Ledger Lighthouse Lion Maple Meadow Mill Moon Mountain Oak Ocean Orchard Otter Owl Peak Pine Planet Raven Reef Ridge River Rocket Sail Sparrow Spring Summit Thistle Tower Valley Wave Willow Wolf'.split(
    ' ',
  )

// Prime to the number of names: each comes once before any comes again, and neighbors are not namesakes.
const stride = 7919

/** The numbered person's name and address. Both fit together as in a development token, which makes one of the other. */
export function personOf(index: number, realm: string): { displayName: string; email: string } {
  const names = given.length * family.length
  const name = (index * stride) % names
  const [first, last] = [pick(given, name), pick(family, Math.floor(name / given.length))]
  const round = Math.floor(index / names)
  return {
    displayName: `${first} ${last}`,
    email: `${first}.${last}@mail${round === 0 ? '' : round}${realm}.example`.toLowerCase(),
  }
}

/** The numbered organization's name, and the slug that the number keeps unique. */
export function companyOf(index: number, realm: string): { name: string; slug: string } {
  const name = `${pick(adjectives, index)} ${pick(nouns, Math.floor(index / adjectives.length))}`
  return { name, slug: `${name.toLowerCase().replaceAll(' ', '-')}-${index}${realm}` }
}

const pick = (words: readonly string[], index: number): string => words[index % words.length] ?? ''

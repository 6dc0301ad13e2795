/** The people of the invented sample workspace. None of them exists. */

export interface SamplePerson {
  key: string
  name: string
  displayName: string
  bio: string
}

export const samplePeople: readonly SamplePerson[] = [
  { key: 'ines', name: 'Inês Carvalho', displayName: 'ines', bio: 'Keeps the lighthouse running' },
  { key: 'tomoko', name: '田中 智子', displayName: 'tomoko', bio: 'Charts, tides and weather' },
  { key: 'amir', name: 'أمير حداد', displayName: 'amir', bio: 'Boats and engines' },
  { key: 'freja', name: 'Freja Lindqvist', displayName: 'freja', bio: 'Visitors and the café' },
  {
    key: 'kofi',
    name: 'Kofi Mensah',
    displayName: 'kofi',
    bio: 'The lamp, and all that is electric',
  },
  { key: 'logbook', name: 'Logbook', displayName: 'logbook', bio: 'Writes down the weather' },
]

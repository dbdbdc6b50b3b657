import { useState } from 'react';
import { boxoffice } from './boxoffice.ts';
import { Input } from './fields.tsx';
import { Form } from './form.tsx';
import { Heading } from './heading.tsx';
import { MovieField } from './movie-field.tsx';
import { go } from './place.tsx';
import { HallFields } from './shows.tsx';
import { countText, dayText, timeZone } from './words.ts';

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const dayMs = 24 * 60 * 60 * 1_000;
/** What one run may have; the server says so too. */
const runLimit = 200;

/** Shows on many days at several times, at once. */
export function NewRun({ movieId }: { movieId: string }) {
  const [first, setFirst] = useState('');
  const [last, setLast] = useState('');
  const [days, setDays] = useState(weekdays.map(() => true));
  const [timesText, setTimesText] = useState('17:00, 20:15');
  const dates = datesBetween(first, last, days);
  const times = timesText.split(/[\s,;]+/).filter(Boolean);

  const save = async ({
    movie_id,
    screen_name = '',
    total_seats,
    seats_per_row,
    time_zone = '',
  }: Record<string, string>) => {
    const { count } = await boxoffice.post('/api/admin/movies/{id}/shows/run/', {
      params: { path: { id: Number(movie_id) } },
      body: {
        ...{ screen_name, dates, times, time_zone },
        ...{ total_seats: Number(total_seats), seats_per_row: Number(seats_per_row) },
      },
    });
    if (count > 0) go(`shows?movie_id=${Number(movie_id)}&from=${first}`);
  };
  return (
    <>
      <Heading text="Add a run of shows" />
      <Form submitText="Add all of them" cancelTo={`shows${movieId && `?movie_id=${movieId}`}`} onSubmit={save}>
        {(errors) => (
          <>
            <MovieField value={movieId} errors={errors.id} />
            <HallFields errors={errors} />
            <div className="pair">
              <Input label="First day" name="first" type="date" errors={errors.dates} onChange={setFirst} required />
              <Input label="Last day" name="last" type="date" onChange={setLast} required />
            </div>
            <fieldset>
              <legend>On</legend>
              {weekdays.map((name, index) => (
                <label key={name}>
                  <input
                    type="checkbox"
                    checked={days[index] ?? false}
                    onChange={({ currentTarget: { checked } }) => setDays(days.with(index, checked))}
                  />
                  {name}
                </label>
              ))}
            </fieldset>
            <Input
              label="Times of day"
              name="times"
              value={timesText}
              hint="Such as 17:00, 20:15"
              errors={errors.times ?? Object.entries(errors).find(([field]) => field.startsWith('times.'))?.[1]}
              onChange={setTimesText}
              required
            />
            <Input
              label="Time zone"
              name="time_zone"
              value={timeZone}
              options={Intl.supportedValuesOf('timeZone')}
              hint="The clocks that the times are of, also across the change to summer time"
              errors={errors.time_zone}
              required
            />
            <p role="status" className="muted">
              {summary(dates, times)}
            </p>
          </>
        )}
      </Form>
    </>
  );
}

function summary(dates: string[], times: string[]): string {
  const [first] = dates;
  const last = dates.at(-1);
  if (!first || !last || times.length === 0) return 'Choose days and times.';
  const count = dates.length * times.length;
  const tooMany = count > runLimit ? ` A run has ${runLimit} at most: choose fewer.` : '';
  const span = first === last ? dayText(first) : `${dayText(first)} to ${dayText(last)}`;
  return `${countText(count, 'show')}: ${countText(dates.length, 'day')} (${span}), ${countText(times.length, 'time')}.${tooMany}`;
}

/** Every day of these weekdays, Monday first; no more than make a run too long to be added. */
function datesBetween(first: string, last: string, days: boolean[]): string[] {
  const dates: string[] = [];
  const lastMs = Date.parse(last);
  for (let ms = Date.parse(first); ms <= lastMs && dates.length <= runLimit; ms += dayMs) {
    const date = new Date(ms);
    if (days[(date.getUTCDay() + 6) % 7]) dates.push(date.toISOString().slice(0, 10));
  }
  return dates;
}

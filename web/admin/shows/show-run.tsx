import { useState } from 'react';
import { Input } from '../../lib/fields.tsx';
import { type FieldErrors, Form } from '../../lib/form.tsx';
import { timeZone } from '../../lib/format.ts';
import { navigate } from '../../lib/router.tsx';
import { boxoffice } from '../../lib/session.ts';
import { MovieField } from '../movies/movie-field.tsx';
import { PageHead } from '../page-head.tsx';
import { Clashes } from './clashes.tsx';
import { HallFields, hallOf } from './hall-fields.tsx';
import { RuleFields, rulesOf } from './rule-fields.tsx';
import { datesBetween, describeRun, weekdays } from './run-dates.ts';
import { CancelLink } from './show-form.tsx';
import { useHall } from './use-hall.ts';

const fieldNames = { date_time: 'times', max_seats_per_user: 'seats per person' };

/** Schedules shows on several days at several times of day in one step. */
export function NewRun({ movieId }: { movieId: string }) {
  const [first, setFirst] = useState('');
  const [last, setLast] = useState('');
  const [days, setDays] = useState(weekdays.map(() => true));
  const [timesText, setTimesText] = useState('17:00, 20:15');
  const hall = useHall();
  const dates = datesBetween(first, last, days);
  const times = timesText.split(/[\s,;]+/).filter(Boolean);

  const save = async ({ movie_id, time_zone = '', ...values }: Record<string, string>) => {
    const { count } = await boxoffice.post('/api/admin/movies/{id}/shows/run/', {
      params: { path: { id: Number(movie_id) } },
      body: { dates, times, time_zone, ...hallOf(values), ...rulesOf(values) },
    });
    if (count > 0) navigate(`/shows?movie_id=${Number(movie_id)}&from=${first}`);
  };
  return (
    <>
      <PageHead title="Schedule shows" />
      <Form
        className="card form"
        submitLabel="Add these shows"
        cancel={<CancelLink movieId={movieId} />}
        fieldNames={fieldNames}
        onSubmit={save}
      >
        {(errors, problem) => (
          <>
            <MovieField value={movieId} errors={errors.id} />
            <HallFields hall={hall} errors={errors} />
            <div className="pair">
              <Input label="First day" name="first" type="date" errors={errors.dates} onChange={setFirst} required />
              <Input label="Last day" name="last" type="date" onChange={setLast} required />
            </div>
            <Weekdays days={days} onChange={setDays} />
            <Input
              label="Times of day"
              name="times"
              value={timesText}
              hint="e.g. 17:00, 20:15"
              errors={errorsOfTimes(errors)}
              onChange={setTimesText}
              required
            />
            <Input
              label="Time zone"
              name="time_zone"
              value={timeZone}
              options={Intl.supportedValuesOf('timeZone')}
              hint="Shows start at these local times, even after the clocks change"
              errors={errors.time_zone}
              required
            />
            <p role="status" className="muted">
              {describeRun(dates, times)}
            </p>
            {problem?.code === 'screen_busy' && <Clashes messages={errors.date_time} />}
            <RuleFields categories={hall.categories} errors={errors} />
          </>
        )}
      </Form>
    </>
  );
}

function Weekdays({ days, onChange }: { days: boolean[]; onChange: (days: boolean[]) => void }) {
  return (
    <fieldset>
      <legend>Days of the week</legend>
      {weekdays.map((name, index) => (
        <label key={name}>
          <input
            type="checkbox"
            checked={days[index] ?? false}
            onChange={({ currentTarget: { checked } }) => onChange(days.with(index, checked))}
          />
          {name}
        </label>
      ))}
    </fieldset>
  );
}

/** The errors of the list of times, or of the first invalid time in it. */
function errorsOfTimes(errors: FieldErrors): string[] | undefined {
  return errors.times ?? Object.entries(errors).find(([field]) => field.startsWith('times.'))?.[1];
}

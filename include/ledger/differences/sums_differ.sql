-- owner: engineer
-- scope: days
-- breaks: yes
-- about: The states of a day's files do not add up to the files seen.
-- next step: Compare ledger.sighting with ledger.sighting_status for that party and day; report it as a fault of Samsvar.
SELECT s.party, s.day, s.day::text AS subject,
       s.files || ' files were seen on ' || s.day || ', their states add up to ' || coalesce(t.files, 0) || '.' AS sentence,
       s.first_at AS since, NULL::bigint AS document_id
FROM (SELECT party, day, count(*) AS files, min(first_seen_at) AS first_at FROM ledger.sighting
      WHERE day = ANY(%(days)s) AND party = ANY(%(parties)s) AND state <> 'WITHDRAWN' GROUP BY 1, 2) s
LEFT JOIN (SELECT party, day, count(*) AS files FROM ledger.sighting_status
      WHERE day = ANY(%(days)s) AND party = ANY(%(parties)s)
        AND status IN ('accepted', 'refused', 'invalid', 'duplicate', 'unknown', 'open') GROUP BY 1, 2) t
    ON t.party = s.party AND t.day = s.day
WHERE s.files <> coalesce(t.files, 0)

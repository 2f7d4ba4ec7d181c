-- SPDX-License-Identifier: Apache-2.0
CREATE TABLE IF NOT EXISTS metric (
        taken_at timestamptz NOT NULL DEFAULT now(),
        name text NOT NULL,
        value double precision NOT NULL
);
CREATE INDEX IF NOT EXISTS metric_by_time ON metric (name, taken_at);
CREATE TABLE IF NOT EXISTS reading (
        id text PRIMARY KEY,
        title text NOT NULL,
        read_on date NOT NULL
);

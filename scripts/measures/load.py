"""The load, from a process of its own: sends the same body many times over HTTP, on a schedule that does not wait for answers.

    python scripts/measures/load.py < job.json

The job: {url, path, token ("": anonymous), body, key, count, rate (requests a second), connections, seconds (for all of it)}. Prints
{statuses, first, last, latency}: how many answers of each status; when the first request went out and the last answer came (this
machine's monotonic clock, the same in every process); seconds from a request's turn in the schedule to its answer.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from typing import Any

import aiohttp

Job = dict[str, Any]


async def main(job: Job) -> dict[str, Any]:
    """Sends the job; what is not answered in time counts under its error's name."""
    statuses: Counter[str] = Counter()
    waits: list[float] = []
    headers = {"Content-Type": "application/json"}
    if job["token"]:
        headers["Authorization"] = f"Bearer {job['token']}"
    connector = aiohttp.TCPConnector(limit=job["connections"])
    timeout = aiohttp.ClientTimeout(total=job["seconds"])
    async with aiohttp.ClientSession(headers=headers, connector=connector, timeout=timeout) as session:
        start = time.monotonic()
        turns = [start + number / job["rate"] for number in range(job["count"])]
        await asyncio.gather(
            *(_post(session, job, number, turn, statuses, waits) for number, turn in enumerate(turns))
        )
    waits.sort()
    latency = {"p50": waits[len(waits) // 2], "p99": waits[len(waits) * 99 // 100]} if waits else {}
    return {"statuses": dict(statuses), "first": start, "last": time.monotonic(), "latency": latency}


async def _post(
    session: aiohttp.ClientSession,
    job: Job,
    number: int,
    turn: float,
    statuses: Counter[str],
    waits: list[float],
) -> None:
    await asyncio.sleep(turn - time.monotonic())
    key = {"Idempotency-Key": f"{job['key']}-{number}"}
    try:
        async with session.post(
            f"{job['url']}/v1{job['path']}", data=job["body"].encode(), headers=key
        ) as response:
            await response.read()
            statuses[str(response.status)] += 1
    except (aiohttp.ClientError, TimeoutError) as error:
        statuses[type(error).__name__] += 1
        return
    waits.append(time.monotonic() - turn)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(json.loads(sys.stdin.read())))))

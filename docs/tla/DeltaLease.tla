---------------------------- MODULE DeltaLease ----------------------------
\* The host lease (docs/spec/algorithms.md 2): two machines want one host id. Whoever has it renews;
\* whoever is cut off stops its holders, at the latest by its watchdog; the other one waits until that
\* must have happened. Writes may land at any time after they were sent, also when their sender has
\* long given up or was reset. docs/tla.md maps the actions to the code.
EXTENDS Naturals

CONSTANTS
  Fail,      \* 8N: a member without a renewal for so long stops its holders
  Fire,      \* W: and so long after that its watchdog has reset the machine
  Wait,      \* what is waited for before a silent member counts as gone; right: Fail + Fire
  ReadBack,  \* whether a joiner reads back what it wrote, after Delay
  Delay,     \* 2N
  Io,        \* N
  MaxTime,
  MaxGen

Hosts == {1, 2}
Free == [owner |-> 0, gen |-> 0, ts |-> 0]
NoWrite == [owner |-> 0, gen |-> 0, ts |-> MaxTime + 1]

VARIABLES
  now,     \* one clock: drift is covered by waiting longer than Fail + Fire
  record,  \* the delta record on the disk
  pc,      \* what each machine is doing
  seen,    \* the record that a joiner has read, and since when
  since,
  mine,    \* the record that a member has written last, and when it began to
  last,
  flight   \* the write that a machine has in flight, awaited or not

vars == <<now, record, pc, seen, since, mine, last, flight>>

Init ==
  /\ now = 0
  /\ record = Free
  /\ pc = [h \in Hosts |-> "out"]
  /\ seen = [h \in Hosts |-> Free]
  /\ since = [h \in Hosts |-> 0]
  /\ mine = [h \in Hosts |-> Free]
  /\ last = [h \in Hosts |-> 0]
  /\ flight = [h \in Hosts |-> NoWrite]

\* Its holders may be running.
Uses(h) == pc[h] \in {"member", "renewing", "dying"}

\* --- joining -----------------------------------------------------------------------------------

\* No join while a write of a former membership is in flight: LockspaceLife.settle.
Look(h) ==
  /\ pc[h] = "out"
  /\ flight[h] = NoWrite
  /\ pc' = [pc EXCEPT ![h] = IF record.owner = 0 THEN "write" ELSE "watch"]
  /\ seen' = [seen EXCEPT ![h] = record]
  /\ since' = [since EXCEPT ![h] = now]
  /\ UNCHANGED <<now, record, mine, last, flight>>

LookAgain(h) ==
  /\ pc[h] = "watch"
  /\ IF record # seen[h]
       THEN pc' = [pc EXCEPT ![h] = "out"] /\ UNCHANGED since
       ELSE /\ now - since[h] > Wait
            /\ pc' = [pc EXCEPT ![h] = "write"]
            /\ since' = [since EXCEPT ![h] = now]
  /\ UNCHANGED <<now, record, seen, mine, last, flight>>

\* The write follows the read that decided within Io, or not at all.
Claim(h) ==
  /\ pc[h] = "write"
  /\ IF now - since[h] > Io \/ seen[h].gen >= MaxGen
       THEN pc' = [pc EXCEPT ![h] = "out"] /\ UNCHANGED <<mine, last, flight>>
       ELSE LET claim == [owner |-> h, gen |-> seen[h].gen + 1, ts |-> now] IN
            /\ mine' = [mine EXCEPT ![h] = claim]
            /\ last' = [last EXCEPT ![h] = now]
            /\ flight' = [flight EXCEPT ![h] = claim]
            /\ pc' = [pc EXCEPT ![h] = "claiming"]
  /\ UNCHANGED <<now, record, seen, since>>

Confirm(h) ==
  /\ pc[h] = "claimed"
  /\ ReadBack => now - since[h] >= Delay
  /\ pc' = [pc EXCEPT ![h] =
       IF (ReadBack => record = mine[h]) /\ now - last[h] < Fail THEN "member" ELSE "out"]
  /\ UNCHANGED <<now, record, seen, since, mine, last, flight>>

\* --- writes ------------------------------------------------------------------------------------

Landed(h) ==
  /\ flight[h] # NoWrite
  /\ record' = flight[h]
  /\ flight' = [flight EXCEPT ![h] = NoWrite]
  /\ pc' = [pc EXCEPT ![h] =
       IF @ = "claiming" THEN "claimed" ELSE IF @ = "renewing" THEN "member" ELSE @]
  /\ since' = [since EXCEPT ![h] = IF pc[h] = "claiming" THEN now ELSE @]
  /\ IF pc[h] = "renewing"
       THEN /\ mine' = [mine EXCEPT ![h] = flight[h]]
            /\ last' = [last EXCEPT ![h] = flight[h].ts]
       ELSE UNCHANGED <<mine, last>>
  /\ UNCHANGED <<now, seen>>

NeverLands(h) ==
  /\ flight[h] # NoWrite
  /\ pc[h] \notin {"claiming", "renewing"}
  /\ flight' = [flight EXCEPT ![h] = NoWrite]
  /\ UNCHANGED <<now, record, pc, seen, since, mine, last>>

GiveUpClaim(h) ==
  /\ pc[h] = "claiming"
  /\ pc' = [pc EXCEPT ![h] = "out"]
  /\ UNCHANGED <<now, record, seen, since, mine, last, flight>>

\* --- being a member ----------------------------------------------------------------------------

Renew(h) ==
  /\ pc[h] = "member"
  /\ now - last[h] < Fail
  /\ now > last[h]
  /\ flight[h] = NoWrite
  /\ IF record = mine[h]
       THEN /\ flight' = [flight EXCEPT ![h] = [mine[h] EXCEPT !.ts = now]]
            /\ pc' = [pc EXCEPT ![h] = "renewing"]
       ELSE pc' = [pc EXCEPT ![h] = "dying"] /\ UNCHANGED flight
  /\ UNCHANGED <<now, record, seen, since, mine, last>>

Lose(h) ==
  /\ pc[h] \in {"member", "renewing"}
  /\ now - last[h] >= Fail
  /\ pc' = [pc EXCEPT ![h] = "dying"]
  /\ UNCHANGED <<now, record, seen, since, mine, last, flight>>

\* Its holders have ended, or its watchdog has reset it.
Gone(h) ==
  /\ Uses(h)
  /\ pc[h] = "dying" \/ now - last[h] >= Fail + Fire
  /\ pc' = [pc EXCEPT ![h] = "out"]
  /\ UNCHANGED <<now, record, seen, since, mine, last, flight>>

Tick ==
  /\ now < MaxTime
  /\ \A h \in Hosts : Uses(h) => now - last[h] < Fail + Fire
  /\ \A h \in Hosts : pc[h] = "claiming" => now - last[h] < Io
  /\ now' = now + 1
  /\ UNCHANGED <<record, pc, seen, since, mine, last, flight>>

Next ==
  \/ Tick
  \/ \E h \in Hosts :
       \/ Look(h) \/ LookAgain(h) \/ Claim(h) \/ Confirm(h)
       \/ Landed(h) \/ NeverLands(h) \/ GiveUpClaim(h)
       \/ Renew(h) \/ Lose(h) \/ Gone(h)

Spec == Init /\ [][Next]_vars

OneUser == ~(Uses(1) /\ Uses(2))
===========================================================================

---------------------------- MODULE PaxosLease ----------------------------
\* The lease of one resource on one disk (docs/spec/algorithms.md 3): Disk Paxos decides each version's
\* owner, one version after the other. Writes may be given up and land later, or never; machines may
\* fail at any moment. That a dead owner is known to be dead is the subject of DeltaLease. docs/tla.md
\* maps the actions to the code.
EXTENDS Naturals

CONSTANTS
  MaxMbal, MaxLver, MaxCrashes, MaxLate,  \* bounds of the model
  SecondRead,  \* whether phase 2 is followed by a read that may abort it
  Adopt,       \* whether a value that others have accepted is adopted
  Settle       \* whether a host waits for its late writes before it writes again

Hosts == {1, 2}
None == [host |-> 0, gen |-> 0, stamp |-> 0]

VARIABLES
  leader,   \* the leader record
  dblock,   \* each host's dblock
  late,     \* writes in flight that nobody waits for
  pc, mem,  \* each host's acquisition
  gen,      \* each host's generation
  crashes, lates,
  granted,  \* the highest version that was granted
  reused    \* whether one was granted that was not higher than all before

vars == <<leader, dblock, late, pc, mem, gen, crashes, lates, granted, reused>>

EmptyBlock == [mbal |-> 0, bal |-> 0, val |-> None, lver |-> 0, rel |-> FALSE]
FirstLeader == [lver |-> 0, val |-> None, free |-> TRUE, by |-> 0]
Nothing == [start |-> FirstLeader, lver |-> 0, mbal |-> 0, prop |-> None, own |-> EmptyBlock,
            leader |-> FirstLeader]

Init ==
  /\ leader = FirstLeader
  /\ dblock = [h \in Hosts |-> EmptyBlock]
  /\ late = {}
  /\ pc = [h \in Hosts |-> "idle"]
  /\ mem = [h \in Hosts |-> Nothing]
  /\ gen = [h \in Hosts |-> 1]
  /\ crashes = 0
  /\ lates = 0
  /\ granted = 0
  /\ reused = FALSE

Max(a, b) == IF a > b THEN a ELSE b
Other(h) == 3 - h

\* The lowest ballot number of h (its own residue) above what was seen.
Above(seen, h) == CHOOSE m \in seen + 1 .. seen + 2 : m % 2 = h % 2

Settled(h) == Settle => \A w \in late : w.by # h

Goto(h, where, m) ==
  /\ pc' = [pc EXCEPT ![h] = where]
  /\ mem' = [mem EXCEPT ![h] = m]

Quiet == UNCHANGED <<leader, dblock, late, gen, crashes, lates, granted, reused>>

Win(h, m) ==
  /\ Goto(h, "hold", m)
  /\ granted' = Max(granted, m.lver)
  /\ reused' = (reused \/ m.lver <= granted)

\* --- acquiring ---------------------------------------------------------------------------------

Gone(o, g) == pc[o] = "down" \/ gen[o] > g

GivenUp(cur) ==
  LET d == dblock[cur.val.host] IN
  cur.by # cur.val.host /\ (d.lver > cur.lver \/ (d.rel /\ d.lver = cur.lver))

Start(h) ==
  /\ pc[h] = "idle"
  /\ Settled(h)
  /\ LET mineFromBefore == leader.val.host = h
         fresh == leader.free \/ mineFromBefore
         mbal == Above(Max(dblock[1].mbal, dblock[2].mbal), h)
     IN
     /\ IF fresh THEN TRUE ELSE Gone(leader.val.host, leader.val.gen) \/ GivenUp(leader)
     /\ Goto(h, IF fresh THEN "ballot" ELSE "again",
          [start |-> leader, lver |-> Max(leader.lver + 1, dblock[h].lver), mbal |-> mbal,
           prop |-> [host |-> h, gen |-> gen[h], stamp |-> mbal], own |-> dblock[h],
           leader |-> leader])
  /\ Quiet

\* The leader is not as it was: is it ours by what we proposed?
Outcome(h) ==
  IF leader.lver = mem[h].lver /\ ~leader.free /\ leader.val = mem[h].prop
    THEN Win(h, [mem[h] EXCEPT !.leader = leader]) /\ UNCHANGED <<leader, dblock, late, gen, crashes, lates>>
    ELSE /\ \/ Goto(h, "idle", Nothing)
            \/ Goto(h, "retract", mem[h])
         /\ Quiet

Again(h) ==
  /\ pc[h] = "again"
  /\ IF leader = mem[h].start
       THEN /\ Goto(h, "ballot", [mem[h] EXCEPT !.lver = Max(@, dblock[Other(h)].lver),
                 !.mbal = Max(@, Above(Max(dblock[1].mbal, dblock[2].mbal), h))])
            /\ Quiet
       ELSE Outcome(h)

Phase1(h) ==
  /\ pc[h] = "ballot"
  /\ mem[h].mbal <= MaxMbal
  /\ mem[h].lver <= MaxLver
  /\ Settled(h)
  /\ LET m == mem[h]
         accepted == m.own.lver = m.lver /\ m.own.bal # 0
         first == IF accepted THEN [m.own EXCEPT !.mbal = m.mbal, !.rel = FALSE]
                  ELSE [EmptyBlock EXCEPT !.mbal = m.mbal, !.lver = m.lver]
     IN Goto(h, "write1", [m EXCEPT !.own = first])
  /\ Quiet

Aborts(h) ==
  LET other == dblock[Other(h)] IN
  other.lver > mem[h].lver \/ (other.lver = mem[h].lver /\ other.mbal > mem[h].mbal)

Read1(h) ==
  /\ pc[h] = "read1"
  /\ LET m == mem[h]
         other == dblock[Other(h)]
         theirs == IF Adopt /\ other.lver = m.lver THEN other.bal ELSE 0
         ours == IF Adopt THEN m.own.bal ELSE 0
         choice == IF theirs > ours THEN other.val ELSE IF ours > 0 THEN m.own.val ELSE m.prop
         second == [mbal |-> m.mbal, bal |-> m.mbal, val |-> choice, lver |-> m.lver, rel |-> FALSE]
     IN IF Aborts(h) THEN Goto(h, "again", m)
        ELSE Goto(h, "write2", [m EXCEPT !.own = second])
  /\ Quiet

Read2(h) ==
  /\ pc[h] = "read2"
  /\ LET m == mem[h]
         new == [lver |-> m.lver, val |-> m.own.val, free |-> FALSE, by |-> h]
     IN IF SecondRead /\ Aborts(h) THEN Goto(h, "again", m) /\ Quiet
        ELSE IF m.own.val # m.prop /\ leader # m.start THEN Outcome(h)
        ELSE Goto(h, "writeLeader", [m EXCEPT !.leader = new]) /\ Quiet

\* --- releasing ---------------------------------------------------------------------------------

Release(h) ==
  /\ pc[h] = "hold"
  /\ Goto(h, "release", mem[h])
  /\ Quiet

Mark(h) ==
  /\ pc[h] \in {"release", "retract"}
  /\ Settled(h)
  /\ Goto(h, IF pc[h] = "release" THEN "mark" ELSE "markRetract",
       [mem[h] EXCEPT !.own = [@ EXCEPT !.rel = TRUE]])
  /\ Quiet

FreeLeader(h) ==
  /\ pc[h] = "marked"
  /\ IF leader = mem[h].leader /\ leader.by = h
       THEN Goto(h, "free", mem[h]) ELSE Goto(h, "idle", Nothing)
  /\ Quiet

FreeIfOurs(h) ==
  /\ pc[h] = "markedRetract"
  /\ IF ~leader.free /\ leader.val.host = h /\ leader.by = h
       THEN Goto(h, "freeRetract", [mem[h] EXCEPT !.leader = leader])
       ELSE Goto(h, "idle", Nothing)
  /\ Quiet

\* --- writes ------------------------------------------------------------------------------------

ToBlock == {"write1", "write2", "mark", "markRetract"}
ToLeader == {"writeLeader", "free", "freeRetract"}

Content(h) ==
  IF pc[h] \in ToBlock THEN [by |-> h, block |-> TRUE, d |-> mem[h].own, l |-> FirstLeader]
  ELSE [by |-> h, block |-> FALSE, d |-> EmptyBlock,
        l |-> IF pc[h] = "writeLeader" THEN mem[h].leader
              ELSE [mem[h].leader EXCEPT !.free = TRUE, !.by = h]]

Apply(w) ==
  IF w.block THEN dblock' = [dblock EXCEPT ![w.by] = w.d] /\ UNCHANGED leader
  ELSE leader' = w.l /\ UNCHANGED dblock

Written(h) ==
  /\ pc[h] \in ToBlock \cup ToLeader
  /\ Apply(Content(h))
  /\ UNCHANGED <<late, gen, crashes, lates>>
  /\ LET m == mem[h] IN
     IF pc[h] = "writeLeader" /\ m.own.val = m.prop THEN Win(h, m)
     ELSE /\ UNCHANGED <<granted, reused>>
          /\ CASE pc[h] = "write1" -> Goto(h, "read1", m)
               [] pc[h] = "write2" -> Goto(h, "read2", m)
               [] pc[h] = "writeLeader" -> Goto(h, "idle", Nothing)
               [] pc[h] = "mark" -> Goto(h, "marked", m)
               [] pc[h] = "markRetract" -> Goto(h, "markedRetract", m)
               [] OTHER -> Goto(h, "idle", Nothing)

\* A time-out: the write is still in flight. An acquisition is taken back, a release tried again.
GiveUp(h) ==
  /\ lates < MaxLate
  /\ pc[h] \in ToBlock \cup ToLeader
  /\ late' = late \cup {Content(h)}
  /\ lates' = lates + 1
  /\ Goto(h, IF pc[h] \in {"mark", "free"} THEN "release" ELSE "retract", mem[h])
  /\ UNCHANGED <<leader, dblock, gen, crashes, granted, reused>>

LandsLate(w) ==
  /\ Apply(w)
  /\ late' = late \ {w}
  /\ UNCHANGED <<pc, mem, gen, crashes, lates, granted, reused>>

NeverLands(w) ==
  /\ late' = late \ {w}
  /\ UNCHANGED <<leader, dblock, pc, mem, gen, crashes, lates, granted, reused>>

\* --- machines ----------------------------------------------------------------------------------

Crash(h) ==
  /\ crashes < MaxCrashes
  /\ pc[h] # "down"
  /\ crashes' = crashes + 1
  /\ late' = IF pc[h] \in ToBlock \cup ToLeader THEN late \cup {Content(h)} ELSE late
  /\ Goto(h, "down", Nothing)
  /\ UNCHANGED <<leader, dblock, gen, lates, granted, reused>>

\* A machine, or a daemon, comes back only when what it had in flight is over.
Up(h) ==
  /\ pc[h] = "down"
  /\ \A w \in late : w.by # h
  /\ gen' = [gen EXCEPT ![h] = @ + 1]
  /\ Goto(h, "idle", Nothing)
  /\ UNCHANGED <<leader, dblock, late, crashes, lates, granted, reused>>

Next ==
  \/ \E h \in Hosts :
       \/ Start(h) \/ Again(h) \/ Phase1(h) \/ Read1(h) \/ Read2(h)
       \/ Release(h) \/ Mark(h) \/ FreeLeader(h) \/ FreeIfOurs(h)
       \/ Written(h) \/ GiveUp(h) \/ Crash(h) \/ Up(h)
  \/ \E w \in late : LandsLate(w) \/ NeverLands(w)

Spec == Init /\ [][Next]_vars

OneHolder == ~(pc[1] = "hold" /\ pc[2] = "hold")
VersionsRise == ~reused
===========================================================================

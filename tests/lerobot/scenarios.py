# SPDX-License-Identifier: Apache-2.0
"""What LeRobot is run with, and what must be in the database afterwards."""
import base64
import glob
import json
import os
import re
import struct
import subprocess

from check import (INSIDE, JOINTS, PROFILE, REST, ROOT, STD, TASK, WORK, Run, f32, hexes, ok,
                   policytop)
from motors import motor_buses
from tapped import both, tapped

DATASET = ["--dataset.push_to_hub=false", f"--dataset.single_task={TASK}", "--play_sounds=false"]
done = {}  # runs that a later scenario looks at again
LINE = re.compile(rb'\{"type"[^\n]*\n')


def unpacked(v):
    if isinstance(v, str):
        b = base64.b64decode(v[3:])
        return list(struct.unpack(f"<{len(b) // 8}d", b))
    return v


def all_lines(run):
    """Lines as the hook sent them, from the capture."""
    with open(f"{WORK}/{run.name}.capture", "rb") as f:
        found = [json.loads(x) for x in LINE.findall(f.read())]
    for x in found:
        x.update((k, unpacked(x[k])) for k in ("seen", "asked", "sent", "got") if k in x)
        if "actions" in x:
            x["actions"] = [unpacked(v) for v in x["actions"]]
    return found


def lines(run, kind):
    return [x for x in all_lines(run) if x["type"] == kind]


def columns(run, view):
    return [r[1] for r in run.all(f"PRAGMA table_info({view})")]


def asked_sent_got(run):
    """Every policy step against the witness: what was asked, sent and read, bit for bit."""
    steps, values = run.vectors("driver = 'policy'")
    world = run.witness()
    pairs, got = [], None
    for w in world:
        if w["what"] == "got":
            got = hexes(w["v"])
        elif w["what"] == "sent":
            pairs.append((hexes(w["asked"]), hexes(w["v"]), got))
    ours = [values[s[0]] for s in steps]
    n = len(ours)
    ok(n > 60, f"{run.name}: {n} policy steps")
    # The return to the start pose goes through the same calls: the first n are the policy's.
    theirs = pairs[:n]
    ok([list(v["asked"]) for v in ours] == [p[0] for p in theirs],
       f"{run.name}: asked is what the loop asked of its robot, bit for bit")
    ok([list(v["sent"]) for v in ours] == [p[1] for p in theirs],
       f"{run.name}: sent is what the robot said it sent")
    ok([list(v["got"]) for v in ours] == [p[2] for p in theirs],
       f"{run.name}: got is the observation before")
    ok([list(v["seen"]) for v in ours] == [[f32(x) for x in p[2]] for p in theirs],
       f"{run.name}: seen is that observation as the policy gets it, in float32")
    return steps, values


def bus_agrees(run, values, steps, offset=0):
    """What was sent is what was on the bus, rounded to the servos' ticks."""
    with open(f"{WORK}/hf/lerobot/calibration/robots/so_follower/sim.json") as f:
        cal = json.load(f)
    goals = run.bus()[0]
    worst = 0
    for (seq, *_), (_, raw) in zip(steps, goals[offset:]):
        for j, v in zip(JOINTS, values[seq]["sent"]):
            c = cal[j[:-4]]
            low, high = c["range_min"], c["range_max"]
            if j == "gripper.pos":
                want = min(max(v, 0), 100) / 100 * (high - low) + low
            else:
                want = v * 4095 / 360 + (low + high) / 2
            worst = max(worst, abs(raw[c["id"]] - want))
    ok(len(goals) >= len(steps) and worst <= 1,
       f"{run.name}: on the bus is what was sent, to {worst:.2f} ticks")


def chunk_rows(run):
    """{chunk: rows of values}, in order."""
    at = "position" if "position" in columns(run, "chunk_actions") else "row"
    place = {j: i for i, j in enumerate(JOINTS)}
    out = {}
    for chunk, row, joint, v in run.all(
            f"SELECT chunk, {at}, joint, value FROM chunk_actions ORDER BY chunk, {at}"):
        out.setdefault(chunk, {}).setdefault(row, [None] * 6)[place[joint]] = v
    return [[rows[i] for i in sorted(rows)] for _, rows in sorted(out.items())]


def unnormalised(row):
    """As the checkpoint's post-processor does it, in float32 arithmetic of our own."""
    return [f32(f32(x * f32(s)) + f32(m)) for x, s, m in zip(row, STD, REST)]


def chunks_agree(run):
    raw = [[[float.fromhex(x) for x in row] for row in w["v"]]
           for w in run.witness() if w["what"] == "raw"]
    ours = chunk_rows(run)
    want = [[unnormalised(row) for row in chunk] for chunk in raw]
    ok(len(ours) == len(want) > 2 and ours == want,
       f"{run.name}: {len(ours)} chunks are what the network gave, bit for bit")
    return ours


def positions_agree(run, chunks):
    """Each step says which action of the last chunk it is, and it is that."""
    last, good, n = -1, 0, 0
    order = [x for x in all_lines(run) if x["type"] in ("chunk", "step")]
    for x in order:
        if x["type"] == "chunk":
            last += 1
        elif x.get("driver") == "policy":
            n += 1
            p = x.get("position")
            good += p is not None and chunks[last][p] == x["asked"]
    ok(n > 60 and good == n, f"{run.name}: {good} of {n} steps are at their position of the chunk")
    if "executed_seq" not in columns(run, "chunk_actions"):
        return
    wrong, = run.all("SELECT count(*), sum(c.value IS NOT v.asked) FROM chunk_actions c JOIN "
                     "joint_values v ON v.seq = c.executed_seq AND v.joint = c.joint")
    ok(wrong[0] >= 6 * n * 0.9 and not wrong[1], f"{run.name}: and so it is in the database")


def episode_list(run):
    return run.all("SELECT boundary, end_boundary, task FROM episodes ORDER BY episode")


def verdicts(run, where):
    return run.all(f"SELECT level, code, subject, message FROM verdicts WHERE {where}")


def no_trouble(run):
    ok(run.status == 0, f"{run.name}: LeRobot ended with 0")
    steps, = run.all("SELECT count(*) FROM steps")[0]
    told = re.findall(r"policytop: run 1: (\d+) steps in \d+ episodes?, 0 dropped", run.text("out"))
    ok(told == [str(steps)], f"{run.name}: policytop tells of its {steps} steps {told}")
    lost = run.all("SELECT lost, unit, reason FROM gaps")
    ok(not lost, f"{run.name}: nothing was lost {lost or ''}")
    notes = {n for n, in run.all("SELECT text FROM notes")} - {"the policy was reset"}
    ok(notes == {"mark: the command ended with status 0"},
       f"{run.name}: not a word too many {notes}")
    failed = verdicts(run, "level = 'fail'")
    ok(not failed, f"{run.name}: no failure is found {failed or ''}")
    ok("policytop hook:" not in run.text("out"), f"{run.name}: the hook had nothing to complain of")


def cadence():
    """The loop's rate with and without the hook; a machine with other work may try three times."""
    ours = done.get("base")
    for _ in range(3):
        bare = Run("untouched", "--duration=8", how=None)
        ours = ours or Run("cadence", "--duration=8")
        good = bare.status == ours.status == 0 and ours.hz() > bare.hz() - 0.3
        print(f"# the loop at {ours.hz():.2f} Hz, untouched {bare.hz():.2f}")
        if good:
            break
        ours = None
    ok(good, "the loop is as fast as without us, to 0.3 Hz")


def base():
    run = done["base"] = Run("base", "--duration=8")
    no_trouble(run)
    steps, values = asked_sent_got(run)
    bus_agrees(run, values, steps)
    positions_agree(run, chunks_agree(run))
    ok(episode_list(run) == [("policy reset", "return to the start pose", TASK)],
       f"base: one episode, from the reset to the return {episode_list(run)}")
    script = run.all("SELECT count(*) FROM steps WHERE driver = 'script'")[0][0]
    ok(script == 150, f"base: the return is {script} steps of a script")
    ok(run.all("SELECT profile FROM runs") == [("so101",)],
       "base: judged by the profile of the set that its checkpoint was trained on")
    hello = lines(run, "hello")[-1]
    ok(hello["joints"] == JOINTS and hello["units"] == ["deg"] * 5 + ["0_100"] and
       hello["fps"] == 30 and hello["task"] == TASK and hello["robot"] == "so_follower" and
       hello["policy"].endswith("/act"), "base: joints, units, rate, task, robot and policy")
    prompts = {c.get("prompt") for c in lines(run, "chunk")}
    ok(prompts == {TASK}, "base: every chunk with its prompt")
    ok(all(0 < c["latency_s"] < 1 and c["execute"] == 20 for c in lines(run, "chunk")),
       "base: its latency, and how much of it is to be executed")
    ok(len(lines(run, "reset")) == 1, "base: the policy is reset at the start")
    pictures = lines(run, "camera")
    ok(6 <= len(pictures) <= 10 and {(p["width"], p["height"], p["name"]) for p in pictures} ==
       {(64, 48, "front")}, f"base: {len(pictures)} pictures of 8 s")


def folder_of(run):
    folder, = glob.glob(f"{WORK}/hf/lerobot/sim/*_{run.name}*")
    return folder


def recorded(run):
    """LeRobot's own dataset: [(episode, state, action)], floats as they are in Parquet."""
    code = ("import glob, json, sys, pyarrow.parquet as q\n"
            "t = [q.read_table(f) for f in sorted(glob.glob(sys.argv[1] + '/data/*/*.parquet'))]\n"
            "print(json.dumps([r for x in t for r in zip(x['episode_index'].to_pylist(),"
            " x['observation.state'].to_pylist(), x['action'].to_pylist())]))\n")
    return json.loads(subprocess.run(["chroot", ROOT, "/opt/lr/bin/python", "-c", code,
                                      folder_of(run)],
                                     check=True, stdout=subprocess.PIPE).stdout)


def dataset_agrees(run, steps, values):
    rows = recorded(run)
    ours = [[s[1], list(values[s[0]]["seen"]), list(values[s[0]]["asked"])] for s in steps]
    ok(len(rows) == len(ours) and ours == rows,
       f"{run.name}: {len(rows)} steps are those of LeRobot's own dataset, bit for bit")


def sentry():
    run = Run("sentry", "--strategy.type=sentry", "--dataset.repo_id=sim/rollout_sentry",
              "--duration=6", *DATASET)
    no_trouble(run)
    steps, values = asked_sent_got(run)
    dataset_agrees(run, steps, values)
    ok(len(episode_list(run)) == 1, "sentry: one episode, as the policy is not reset in between")
    # The checkpoint says that its training set is sim/so101: the profile of that name is found.
    policytop("--db", f"{WORK}/learn.db", "learn", folder_of(run), "--name", "so101")
    policytop("--db", f"{WORK}/learn.db", "profile", "export", "so101", PROFILE)


def episodic():
    run = Run("episodic", "--strategy.type=episodic", "--dataset.repo_id=sim/rollout_episodic",
              "--dataset.num_episodes=2", "--dataset.episode_time_s=3", "--dataset.reset_time_s=2",
              "--dataset.num_image_writer_processes=1", *DATASET)
    no_trouble(run)
    found = episode_list(run)
    ok(found == [("Recording episode 0", "Reset the environment", TASK),
                 ("Recording episode 1", "return to the start pose", TASK)],
       f"episodic: two episodes and what bounds them {found}")
    steps, values = run.vectors("driver = 'policy'")
    dataset_agrees(run, steps, values)
    positions_agree(run, chunks_agree(run))
    ok(len(run.all("SELECT 1 FROM steps WHERE driver = 'script'")) == 200,
       "episodic: 1 s of script between them and 3 s at the end")


def rtc():
    run = Run("rtc", "--inference.type=rtc", "--duration=8", policy="simrtc")
    no_trouble(run)
    asked_sent_got(run)
    chunks = chunk_rows(run)
    positions_agree(run, chunks)
    merges = lines(run, "chunk")
    ok(len(merges) > 5 and all(len(c["actions"]) == 50 for c in merges) and
       {c["prompt"] for c in merges} == {TASK}, f"rtc: {len(merges)} chunks with their prompt")
    queue = [w["v"] for w in run.witness() if w["what"] == "queue"]
    taken = [[float.fromhex(x) for x in v] for v in queue if v]
    idle = run.all("SELECT count(*) FROM steps WHERE driver = 'idle'")[0][0]
    asked = [x["asked"] for x in lines(run, "step") if x.get("driver") == "policy"]
    ok(asked == taken and idle == len(queue) - len(taken),
       f"rtc: every action out of its queue, and {idle} ticks without one")


def starved():
    """LeRobot ends this with 0, and no word of it."""
    run = Run("starved", "--inference.type=rtc", "--duration=8", policy="simrtc",
              env={"SIMRTC_SLEEP_S": "2"}.items())
    ok(run.status == 0, "starved: LeRobot ended with 0")
    idle, policy = (run.all(f"SELECT count(*) FROM steps WHERE driver = '{d}'")[0][0]
                    for d in ("idle", "policy"))
    ok(idle > 200 and policy == 0, f"starved: {idle} ticks without an action, {policy} with one")
    ok(len(lines(run, "chunk")) >= 2, "starved: the chunks that came too late are there")
    ok(len(episode_list(run)) == 1, "starved: all of it is in an episode")
    told = verdicts(run, "code = 'starved' AND level IN ('warn', 'fail')")
    ok(told, f"starved: which policytop calls by its name {told}")


def size_and_stall():
    """A camera of another size, a stall in the loop's sleep, and an interpolator."""
    refused = Run("refused", "--duration=6", size=(96, 72))
    ok(refused.status == 2 and "camera front gives 96x72, and the policy learned from 64x48" in
       refused.text("out"), "a camera of another size is told before the start, which it stops")
    run = Run("stall", "--duration=6", "--interpolation_multiplier=2", size=(96, 72),
              env={"STALL_S": "1.5"}.items(), options=["--no-check"])
    slowest = min(map(float, re.findall(r"slower \(([0-9.]+) Hz", run.text("out"))), default=99)
    ok(run.status == 0 and slowest > 1, "stall: LeRobot says nothing of it, and ends with 0")
    told = run.all("SELECT text FROM notes WHERE level = 'warn'"
                   " AND text NOT LIKE 'first action: %'")
    ok(told == [("camera front is 96x72, the policy was trained on 64x48",)],
       f"a camera of another size is told, once {told}")
    ok(set(run.all("SELECT width, height FROM frames")) == {(96, 72)}, "and its frames")
    steps, values = run.vectors("driver = 'policy'")
    longest = max(b[3] - a[3] for a, b in zip(steps, steps[1:])) / 1e9
    ok(longest > 1.4, f"stall: {longest:.2f} s between two ticks are in the database")
    told = verdicts(run, "code = 'cadence' AND level IN ('warn', 'fail')")
    # Said at most once in a while: on a busy machine of a shorter one, shortly before.
    ok(told, f"stall: which policytop tells {told}")
    # prev + 1.0 * (action - prev) is not quite the action in float32.
    ok(all(abs(a - b) < 1e-4 for s in steps[1:-1]
           for a, b in zip(values[s[0]]["asked"], values[s[0]]["sent"])),
       "interpolated: sent is the tick's last goal, the one that was asked")
    ok(len(run.bus()[0]) - 150 >= 2 * len(steps) - 4, "which is every second on the bus")


def interrupted():
    """One Ctrl-C, as without us; and goals that the robot clips."""
    run = Run("interrupted", "--robot.max_relative_target=3", interrupt_at=300)
    ok(run.status == 0, "interrupted: one SIGINT, and LeRobot ends with 0")
    steps, values = run.vectors("driver = 'policy'")
    bus_agrees(run, values, steps)
    differ = sum(values[s[0]]["asked"] != values[s[0]]["sent"] for s in steps)
    ok(len(steps) > 50 and differ > 10, f"clipped: sent differs from asked in {differ} steps")
    ok(run.all("SELECT count(*) FROM steps WHERE driver = 'script'")[0][0] == 150,
       "interrupted: the whole way back")
    ok(episode_list(run)[0][1] == "return to the start pose", "and the episode's end")


def terminal():
    """Without --here: a tmux of policytop's own. The line drops; LeRobot does not notice."""
    run = Run("terminal", "--duration=60", how="tmux")
    ok(run.left == 0 and "policytop: left; the command goes on" in run.text("out"),
       "terminal: its client is killed, and run says where the command is")
    ok(run.went_on >= 60 and len(run.panes) == 2, f"terminal: {run.went_on} goals later, with the "
       "dashboard beside it")
    ok(run.status == 0, "terminal: one Ctrl-C, and LeRobot ends with 0")
    script, = run.all("SELECT count(*) FROM steps WHERE driver = 'script'")[0]
    ok(script == 150, f"terminal: the whole way back, {script} steps: it came once")
    notes = [n for n, in run.all("SELECT text FROM notes")]
    ok(sum("Shutdown signal" in n for n in notes) == 1, "terminal: LeRobot tells of one signal")
    ok(any("the command ended with status 0" in n for n in notes),
       f"terminal: what was on the screen is the log {notes}")
    steps, values = asked_sent_got(run)
    bus_agrees(run, values, steps)
    positions_agree(run, chunks_agree(run))


def compiled():
    """The hook is not in the graph that torch.compile makes. (The witness would be.)"""
    run = Run("compiled", "--use_torch_compile=true", "--torch_compile_backend=eager",
              "--duration=9", env={"TORCH_LOGS": "graph_breaks", "WITNESS": ""}.items())
    out = run.text("out")
    ok(run.status == 0 and "torch.compile configured" in out and "Graph break" not in out,
       "compiled: without a break in its graph")
    positions_agree(run, chunk_rows(run))


def record05():
    """lerobot-record of 0.5.1, which has no engine: pre-processor, policy, post-processor."""
    # One episode: without a teleoperator its reset phase has no end.
    run = Run("record05", "--dataset.repo_id=sim/eval_record05", "--dataset.num_episodes=1",
              "--dataset.episode_time_s=4", *DATASET, policy="act05",
              program=["python", "-m", "lerobot.scripts.lerobot_record"])
    no_trouble(run)
    steps, values = run.vectors("driver = 'policy'")
    dataset_agrees(run, steps, values)
    bus_agrees(run, values, steps)
    positions_agree(run, chunks_agree(run))
    found = episode_list(run)
    ok(found == [("Recording episode 0", "disconnect", TASK)], f"record05: its episode {found}")


def near(x, y):
    """Equal but for LeRobot's float32."""
    return abs(x - y) <= 1e-6 * max(abs(x), abs(y), 1e-6)


def same_side(name, ours, theirs):
    which = ours["file"]
    features = {f["key"]: {"type": f["type"], "shape": f["shape"], "mode": f["mode"]}
                for f in ours["features"]}
    ok(features == theirs["features"] and ours["steps"] == theirs["steps"] and
       ours["eps"] == theirs["eps"], f"checkpoints: {name}: {which} does what LeRobot says")
    stats = {s["key"]: s for s in ours["stats"]}
    worst = [f"{k}.{stat}" for k, of in theirs["stats"].items() for stat, v in of.items()
             if not all(map(near, [stats[k][stat]] if stat == "count" else stats[k][stat], v))]
    ok(stats.keys() == theirs["stats"].keys() and not worst,
       f"checkpoints: {name}: {which} with its {len(stats)} sets of statistics {worst}")


def checkpoints():
    """What is read of checkpoints is what LeRobot's own code says that it loads."""
    script = os.path.dirname(os.path.abspath(__file__)) + "/checkpoint.py"
    told = json.loads(subprocess.run(["chroot", ROOT, "python", script, f"{WORK}/checkpoints"],
                                     env=INSIDE, check=True, text=True,
                                     stdout=subprocess.PIPE).stdout)
    dump = os.environ["TOP_BUILDDIR"] + "/tests/oracle/dump_checkpoint"
    for name, theirs in told.items():
        where = f"{WORK}/checkpoints/{name}"
        ours = json.loads(subprocess.run([dump, where], check=True, text=True,
                                         stdout=subprocess.PIPE).stdout)
        plain = ("type", "chunk_size", "n_action_steps", "n_obs_steps", "rename_map")
        ok(all(ours[k] == theirs[k] for k in plain), f"checkpoints: {name}: its plan and names")
        for k in ("inputs", "outputs"):
            ok({f["key"]: {"type": f["type"], "shape": f["shape"], "mode": f["mode"]}
                for f in ours[k]} == theirs[k], f"checkpoints: {name}: its {k}")
        same_side(name, ours["pre"], theirs["pre"])
        same_side(name, ours["post"], theirs["post"])
        weights = os.path.getsize(f"{where}/model.safetensors")
        ok(ours["bytes_read"] < 20000, f"checkpoints: {name}: {ours['bytes_read']} bytes read, "
           f"beside {weights} bytes of weights")
        ok((ours["steps"], ours["batch_size"], ours["dataset"]) == (1234, 8, "sim/so101"),
           f"checkpoints: {name}: its training")


SCENARIOS = [checkpoints, sentry, base, cadence, episodic, rtc, starved, size_and_stall,
             interrupted, terminal, compiled, record05,
             motor_buses, tapped, both]

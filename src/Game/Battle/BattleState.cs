namespace GameBackend.Game;

/// <summary>A character in the arena. All of it is part of the state hash, but for what is marked otherwise.</summary>
internal sealed class Fighter
{
    // Of the setup, therefore in no checkpoint.
    public int Index;
    public int Side;
    public int Role;
    public ulong PlayerId;
    public int MaxHealth;
    public int Attack;
    public int Defence;
    public int StepMm;
    public System.Collections.Immutable.ImmutableArray<ActionPlan> Actions;

    public int X;
    public int Y;
    public int FaceX;
    public int FaceY;
    public int MoveX;
    public int MoveY;
    public int MoveUntil;
    public int Health;
    public int Shield;
    public int ShieldUntil;
    public int HasteUntil;
    public int SlowUntil;
    public int ProtectedUntil;
    public int DashTicks;
    public int DashX;
    public int DashY;
    public int DashAction;
    public int Alive;
    public int RespawnAt;
    /// <summary>The tick in which it died; of a side that is out, it stays.</summary>
    public int DiedAt;
    public int LastHitBy;
    public readonly int[] ReadyAt = new int[RoleDefinition.ActionCount];

    public int Presence;
    public int PresenceSince;
    public int Vote;

    public int LastInput;
    public int RefusedCount;
    public int RefusedInput;
    public int RefusedWhy;

    public int Kills;
    public int Deaths;
    public long Damage;
    public long Mended;
    public int Pickups;
    public int Score;

    public int DetourUntil;
    public int DetourTurn;
    public int BeforeX;
    public int BeforeY;
    public int RoamX;
    public int RoamY;
    public int ThinkAt;

    // What it does in the tick that is being stepped; nothing between two ticks.
    public int Action;
    public int AimX;
    public int AimY;
    public int Target;

    public bool IsAlive => Alive != 0;

    public void Visit<T>(ref T visitor)
        where T : struct, IStateVisitor
    {
        VisitBody(ref visitor);
        foreach (ref var ready in ReadyAt.AsSpan()) visitor.Visit(ref ready);
        visitor.Visit(ref Presence);
        visitor.Visit(ref PresenceSince);
        visitor.Visit(ref Vote);
        visitor.Visit(ref LastInput);
        visitor.Visit(ref RefusedCount);
        visitor.Visit(ref RefusedInput);
        visitor.Visit(ref RefusedWhy);
        visitor.Visit(ref Kills);
        visitor.Visit(ref Deaths);
        visitor.Visit(ref Damage);
        visitor.Visit(ref Mended);
        visitor.Visit(ref Pickups);
        visitor.Visit(ref Score);
        visitor.Visit(ref DetourUntil);
        visitor.Visit(ref DetourTurn);
        visitor.Visit(ref BeforeX);
        visitor.Visit(ref BeforeY);
        visitor.Visit(ref RoamX);
        visitor.Visit(ref RoamY);
        visitor.Visit(ref ThinkAt);
    }

    private void VisitBody<T>(ref T visitor)
        where T : struct, IStateVisitor
    {
        visitor.Visit(ref X);
        visitor.Visit(ref Y);
        visitor.Visit(ref FaceX);
        visitor.Visit(ref FaceY);
        visitor.Visit(ref MoveX);
        visitor.Visit(ref MoveY);
        visitor.Visit(ref MoveUntil);
        visitor.Visit(ref Health);
        visitor.Visit(ref Shield);
        visitor.Visit(ref ShieldUntil);
        visitor.Visit(ref HasteUntil);
        visitor.Visit(ref SlowUntil);
        visitor.Visit(ref ProtectedUntil);
        visitor.Visit(ref DashTicks);
        visitor.Visit(ref DashX);
        visitor.Visit(ref DashY);
        visitor.Visit(ref DashAction);
        visitor.Visit(ref Alive);
        visitor.Visit(ref RespawnAt);
        visitor.Visit(ref DiedAt);
        visitor.Visit(ref LastHitBy);
    }
}

/// <summary>A missile in the air.</summary>
internal sealed class Projectile
{
    public int Id;
    public int Owner;
    public int Action;
    public int X;
    public int Y;
    public int StepX;
    public int StepY;
    public int EndTick;

    public void Visit<T>(ref T visitor)
        where T : struct, IStateVisitor
    {
        visitor.Visit(ref Id);
        visitor.Visit(ref Owner);
        visitor.Visit(ref Action);
        visitor.Visit(ref X);
        visitor.Visit(ref Y);
        visitor.Visit(ref StepX);
        visitor.Visit(ref StepY);
        visitor.Visit(ref EndTick);
    }
}

/// <summary>A place that strikes whoever stands there.</summary>
internal sealed class Area
{
    public int Id;
    public int Owner;
    public int Action;
    public int X;
    public int Y;
    public int StartTick;
    public int NextTick;
    public int EndTick;

    public void Visit<T>(ref T visitor)
        where T : struct, IStateVisitor
    {
        visitor.Visit(ref Id);
        visitor.Visit(ref Owner);
        visitor.Visit(ref Action);
        visitor.Visit(ref X);
        visitor.Visit(ref Y);
        visitor.Visit(ref StartTick);
        visitor.Visit(ref NextTick);
        visitor.Visit(ref EndTick);
    }
}

internal sealed class SideState
{
    public int Score;
    public int SurrenderedAt;
    public int VoteUntil;

    public bool Surrendered => SurrenderedAt != 0;

    public void Visit<T>(ref T visitor)
        where T : struct, IStateVisitor
    {
        visitor.Visit(ref Score);
        visitor.Visit(ref SurrenderedAt);
        visitor.Visit(ref VoteUntil);
    }
}

/// <summary>A list whose objects are used again: removing one puts it behind the end.</summary>
internal sealed class Pool<T>
    where T : class, new()
{
    private readonly T[] _items;

    public Pool(int capacity)
    {
        _items = new T[capacity];
        for (var i = 0; i < capacity; i++) _items[i] = new T();
    }

    public int Count { get; private set; }

    public int Capacity => _items.Length;

    public bool IsFull => Count == _items.Length;

    public T this[int index] => _items[index];

    public T Add() => _items[Count++];

    /// <summary>Sets how many there are, for a restore. Their contents are what they are.</summary>
    public void Resize(int count) => Count = count;

    /// <summary>Removes all that match; the others keep their order.</summary>
    public void RemoveAll(Predicate<T> isOver)
    {
        var kept = 0;
        for (var i = 0; i < Count; i++)
        {
            if (isOver(_items[i])) continue;
            (_items[kept], _items[i]) = (_items[i], _items[kept]);
            kept++;
        }

        Count = kept;
    }
}

namespace GameBackend.Grains.Storage;

/// <summary>A queue that can be indexed. Empty, it holds no memory, for most logs are empty most of the time.</summary>
internal sealed class EmbeddedRing<T>
{
    private T[] _slots = [];
    private int _start;

    public int Count { get; private set; }

    public T this[int index] => _slots[(_start + index) % _slots.Length];

    public void Add(T item)
    {
        if (Count == _slots.Length)
            Resize(Math.Max(4, Count * 2));
        _slots[(_start + Count) % _slots.Length] = item;
        Count++;
    }

    public void RemoveFirst(int count)
    {
        for (var i = 0; i < count; i++)
            _slots[(_start + i) % _slots.Length] = default!;
        Count -= count;
        _start = Count == 0 ? 0 : (_start + count) % _slots.Length;
        if (Count < _slots.Length / 4)
            Resize(Count * 2);
    }

    public T[] Slice(int start, int count)
    {
        var slice = new T[count];
        for (var i = 0; i < count; i++)
            slice[i] = this[start + i];
        return slice;
    }

    private void Resize(int capacity)
    {
        var slots = capacity == 0 ? [] : new T[capacity];
        for (var i = 0; i < Count; i++)
            slots[i] = this[i];
        _slots = slots;
        _start = 0;
    }
}
